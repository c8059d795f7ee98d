-- Takes a member that is none out of a sorted set, and keeps it where a person can see it.
-- KEYS 1 the sorted set, 2 malformed; ARGV 1 member, 2 what is kept of it, 3 entries to keep
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
if redis.call('HLEN', KEYS[2]) < tonumber(ARGV[3]) then redis.call('HSET', KEYS[2], ARGV[1], ARGV[2]) end
return 1
