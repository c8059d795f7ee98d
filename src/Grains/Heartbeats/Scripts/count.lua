-- Adds to counters, of which there are so many at most.
-- KEYS 1 the hash; ARGV 1 fields to keep, 2 now, 3 how many fields to set to now where they are not there, 4.. these,
--      then of each counter its field and what to add
local size, most = redis.call('HLEN', KEYS[1]), tonumber(ARGV[1])
local first = 4 + tonumber(ARGV[3])
for i = 4, first - 1 do
  if size < most then size = size + redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[2]) end
end
for i = first, #ARGV, 2 do
  local before = redis.call('HGET', KEYS[1], ARGV[i])
  if before and not string.match(before, '^%d+$') then
    -- What is no number begins anew.
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  elseif before or size < most then
    redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1])
    if not before then size = size + 1 end
  end
end
return size
