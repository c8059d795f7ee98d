-- A checkpoint, if its incarnation is still the current one.
-- KEYS 1 deadlines, 2 checkpoints; ARGV 1 member, 2 checkpoint, 3 checkpoints to keep
-- Returns 1 saved; 0 fenced.
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
-- Asked again because an answer was lost: it must not push an older one out.
if redis.call('LINDEX', KEYS[2], 0) == ARGV[2] then return 1 end
redis.call('LPUSH', KEYS[2], ARGV[2])
redis.call('LTRIM', KEYS[2], 0, ARGV[3] - 1)
return 1
