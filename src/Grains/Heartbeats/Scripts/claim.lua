-- The first heartbeat of an incarnation: says which body it is. Only one body ever can.
-- KEYS 1 deadlines, 2 claims, 3 heartbeats, 4 hosts, 5 claims of the host
-- ARGV 1 member, 2 id, 3 claim (host|run), 4 host, 5 deadline, 6 heartbeat
-- Returns 1 accepted; 0 fenced; -1 another body is this incarnation.
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
local owner = redis.call('HGET', KEYS[2], ARGV[1])
if owner and owner ~= ARGV[3] then return -1 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[5], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[2], ARGV[6])
redis.call('SADD', KEYS[4], ARGV[4])
redis.call('SADD', KEYS[5], ARGV[1])
return 1
