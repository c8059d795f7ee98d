-- Which store this is, and whether it lost writes since somebody looked: then no number is granted any more that can have been.
-- KEYS 1 counters
-- ARGV 1 the generation that is remembered ('' for none), 2 the grants, 3 the floor, 4 a generation for a store that has none,
--      5 the floor after a loss, 6 '1' when something else shows that writes were lost
-- Returns the generation, the grants, the floor, the highest number of removed agents, and 1 if writes were lost.
-- The floor is written before what would be recognized: broken off between the two, the loss is found again.
local function number(field) return tonumber(redis.call('HGET', KEYS[1], field) or '0') or 0 end
local function isBroken(field)
  local value = redis.call('HGET', KEYS[1], field)
  return value and not tonumber(value)
end
local generation = redis.call('HGET', KEYS[1], 'generation')
local grants, floor, removedFloorIsBroken = number('grants'), number('grantFloor'), isBroken('incarnationFloor')
local lost = ARGV[6] == '1' or removedFloorIsBroken or isBroken('grantFloor')
if ARGV[1] ~= '' then
  lost = lost or generation ~= ARGV[1] or grants < tonumber(ARGV[2]) or floor < tonumber(ARGV[3])
end
if lost then
  if floor < tonumber(ARGV[5]) then
    floor = tonumber(ARGV[5])
    redis.call('HSET', KEYS[1], 'grantFloor', ARGV[5])
  end
  if removedFloorIsBroken then redis.call('HSET', KEYS[1], 'incarnationFloor', ARGV[5]) end
  if grants < tonumber(ARGV[2]) then
    grants = tonumber(ARGV[2])
    redis.call('HSET', KEYS[1], 'grants', ARGV[2])
  end
end
if not generation then
  generation = ARGV[4]
  redis.call('HSET', KEYS[1], 'generation', generation)
end
return { generation, grants, floor, number('incarnationFloor'), lost and 1 or 0 }
