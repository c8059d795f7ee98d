-- Notes that a round is done. KEYS 1 term, others what is noted; ARGV 1 whose term, others their values, empty where it stays as it is
if isOver(KEYS[1], ARGV[1]) then return 0 end
for i = 2, #KEYS do
  if ARGV[i] ~= '' then redis.call('SET', KEYS[i], ARGV[i]) end
end
return 1
