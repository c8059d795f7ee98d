-- Adds an entry to a list that keeps its newest. KEYS 1 the list; ARGV 1 the entry, 2 entries to keep
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
return 1
