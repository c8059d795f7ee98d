-- Checkpoints, each if its incarnation is still the current one.
-- KEYS 1 deadlines, then the checkpoints of each agent; ARGV 1 checkpoints to keep, then of each: member, checkpoint, '1' if it was sent before
-- Returns for each: 1 saved; 0 fenced; else why not. What is wrong with one agent's key is none of the others' business.
local unpack = unpack or table.unpack
local members = {}
for i = 2, #ARGV, 3 do members[#members + 1] = ARGV[i] end
local scores = redis.call('ZMSCORE', KEYS[1], unpack(members))

local function save(key, checkpoint, again)
  -- Sent again because an answer was lost, it must not push an older one out.
  local newest = again and redis.pcall('LINDEX', key, 0)
  if newest == checkpoint then return 1 end
  local length = redis.pcall('LPUSH', key, checkpoint)
  if type(length) == 'table' then return length.err end
  if length > tonumber(ARGV[1]) then redis.call('LTRIM', key, 0, ARGV[1] - 1) end
  return 1
end

local answers = {}
for i = 1, #members do
  answers[i] = scores[i] and save(KEYS[i + 1], ARGV[i * 3], ARGV[i * 3 + 1] == '1') or 0
end
return answers
