-- A field of a hash in place of what was read there, unless somebody wrote it since.
-- KEYS 1 the hash; ARGV 1 field, 2 what was read, 3 what it becomes ('' to forget it)
-- Returns 1 done; 0 it is another one by now.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1
