-- Adds an entry to a list that keeps its newest. KEYS 1 term, 2 the list; ARGV 1 whose term, 2 the entry, 3 entries to keep
if isOver(KEYS[1], ARGV[1]) then return 0 end
redis.call('LPUSH', KEYS[2], ARGV[2])
redis.call('LTRIM', KEYS[2], 0, ARGV[3] - 1)
return 1
