-- Places of an agent in sorted sets, as its state says, if that is still the state.
-- KEYS 1 states, 2.. the sorted sets; ARGV 1 id, 2 the state ('' for none), 3.. its score in each set ('' for no place)
-- Returns 1 done; 0 the state changed.
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
for i = 2, #KEYS do
  if ARGV[i + 1] == '' then redis.call('ZREM', KEYS[i], ARGV[1]) else redis.call('ZADD', KEYS[i], ARGV[i + 1], ARGV[1]) end
end
return 1
