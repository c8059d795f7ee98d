-- Checkpoints, each if its incarnation is still the current one.
-- KEYS 1 deadlines, then the checkpoints of each agent; ARGV 1 checkpoints to keep, then of each: member, checkpoint, '1' if it was sent before
-- Returns for each: 1 saved; 0 fenced.
local unpack = unpack or table.unpack
local members = {}
for i = 2, #ARGV, 3 do members[#members + 1] = ARGV[i] end
local scores = redis.call('ZMSCORE', KEYS[1], unpack(members))

local saved = {}
for i = 1, #members do
  local key, checkpoint = KEYS[i + 1], ARGV[i * 3]
  saved[i] = scores[i] and 1 or 0

  -- Sent again because an answer was lost, it must not push an older one out.
  if scores[i] and not (ARGV[i * 3 + 1] == '1' and redis.call('LINDEX', key, 0) == checkpoint) then
    if redis.call('LPUSH', key, checkpoint) > tonumber(ARGV[1]) then redis.call('LTRIM', key, 0, ARGV[1] - 1) end
  end
end
return saved
