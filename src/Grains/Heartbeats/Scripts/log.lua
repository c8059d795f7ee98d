-- Adds an action to a log. KEYS 1 actions; ARGV 1 the action, 2 actions to keep
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
return 1
