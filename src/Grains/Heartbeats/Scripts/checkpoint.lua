-- Checkpoints, each if its incarnation is still the current one.
-- KEYS 1 deadlines, then the checkpoints of each agent; ARGV 1 checkpoints to keep, then of each: member, checkpoint
-- Returns for each: 1 saved; 0 fenced.
local unpack = unpack or table.unpack
local members = {}
for i = 2, #ARGV, 2 do members[#members + 1] = ARGV[i] end
local scores = redis.call('ZMSCORE', KEYS[1], unpack(members))

local saved = {}
for i = 1, #members do
  local key, checkpoint = KEYS[i + 1], ARGV[i * 2 + 1]
  if not scores[i] then
    saved[i] = 0
  else
    saved[i] = 1
    -- Asked again because an answer was lost, it must not push an older one out.
    if redis.call('LINDEX', key, 0) ~= checkpoint and redis.call('LPUSH', key, checkpoint) > tonumber(ARGV[1]) then
      redis.call('LTRIM', key, 0, ARGV[1] - 1)
    end
  end
end
return saved
