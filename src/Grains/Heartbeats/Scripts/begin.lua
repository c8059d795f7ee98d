-- Begins the term of a supervisor, and with it ends that of every one before. KEYS 1 term. Returns the term
local term = (tonumber(redis.call('GET', KEYS[1]) or '0') or 0) + 1
redis.call('SET', KEYS[1], string.format('%d', term))
return term
