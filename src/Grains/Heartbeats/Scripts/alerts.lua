-- Writes fields of a hash, and forgets others. KEYS 1 term, 2 the hash; ARGV 1 whose term, others field and value by turns, an empty
-- value for one to forget. With none it only says whether the term goes on.
if isOver(KEYS[1], ARGV[1]) then return 0 end
for i = 2, #ARGV, 2 do
  if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[2], ARGV[i]) else redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
end
return 1
