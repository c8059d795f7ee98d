-- Heartbeats whose record changed: the record is written only if the fence lets the deadline move. One command for all deadlines
-- and few for the records, since the embedded store logs, and writes to disk, each command of a script by itself.
-- KEYS 1 deadlines, 2 heartbeats; ARGV of each beat: member, deadline, id, heartbeat
-- Returns the positions, from 0, of the beats that were fenced.
local unpack = unpack or table.unpack
local members = {}
for i = 1, #ARGV, 4 do members[#members + 1] = ARGV[i] end
local scores = redis.call('ZMSCORE', KEYS[1], unpack(members))

local deadlines, fenced = {}, {}
for i = 1, #members do
  if scores[i] then
    deadlines[#deadlines + 1] = ARGV[i * 4 - 2]
    deadlines[#deadlines + 1] = members[i]
  else
    fenced[#fenced + 1] = i - 1
  end
end
if #deadlines == 0 then return fenced end
redis.call('ZADD', KEYS[1], 'XX', unpack(deadlines))

-- The log of the embedded store takes no entry above 4 MiB.
local records, length = {}, 0
for i = 1, #members do
  if scores[i] then
    records[#records + 1] = ARGV[i * 4 - 1]
    records[#records + 1] = ARGV[i * 4]
    length = length + #ARGV[i * 4]
    if length > 262144 then
      redis.call('HSET', KEYS[2], unpack(records))
      records, length = {}, 0
    end
  end
end
if #records > 0 then redis.call('HSET', KEYS[2], unpack(records)) end
return fenced
