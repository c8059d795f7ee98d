-- Heartbeats whose record changed: the record is written only if the fence lets the deadline move.
-- KEYS 1 deadlines, 2 heartbeats; ARGV of each beat: member, deadline, id, heartbeat
-- Returns the positions, from 0, of the beats that were fenced.
local fenced = {}
for i = 1, #ARGV, 4 do
  if redis.call('ZSCORE', KEYS[1], ARGV[i]) then
    redis.call('ZADD', KEYS[1], 'XX', ARGV[i + 1], ARGV[i])
    redis.call('HSET', KEYS[2], ARGV[i + 2], ARGV[i + 3])
  else
    fenced[#fenced + 1] = (i - 1) / 4
  end
end
return fenced
