-- "This incarnation has ended": told by itself or by who started it. Its deadline becomes now.
-- KEYS 1 deadlines, 2 reports, 3 heartbeats, 4 claims
-- ARGV 1 member, 2 id, 3 now, 4 report, 5 last heartbeat ('' for none), 6 the claim of who ended ('' for none)
-- Returns 1 accepted; 0 fenced; -1 another body is this incarnation.
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
if (redis.call('HGET', KEYS[4], ARGV[1]) or '') ~= ARGV[6] then return -1 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[3], ARGV[2], ARGV[5]) end
return 1
