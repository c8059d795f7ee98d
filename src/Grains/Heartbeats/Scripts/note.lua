-- Notes something that cannot be read where a person, and every silo, can see it.
-- KEYS 1 malformed; ARGV 1 where it stands, 2 why, 3 entries to keep
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
