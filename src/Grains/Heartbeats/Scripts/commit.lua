-- One decision of the supervisor, whole or not at all.
-- KEYS 1 deadlines, 2 restarts, 3 looks, 4 states, 5 definitions, 6 heartbeats, 7 reports, 8 claims, 9 actions,
--      10 the agent's actions, 11 counters, 12 checkpoints, 13 ids of the old status, 14 ids of the new status,
--      15 claims of the old host, 16 the agent's evidence, 17 members of its group
-- ARGV 1 id, 2 the state that the decision was made on ('' for none), 3 the next state ('' to forget the agent),
--      4 member to take out, 5 the latest deadline under which that is right ('' for any), 6 member to put in, 7 its deadline,
--      8 restart at, 9 look at, 10 definition to write, 11 actions to keep, 12 failures, 13 restarts, 14 recoveries,
--      15 ms to recover, 16 incarnation, 17 the claim on the member to take out ('' for none), 18 the generation of the store in
--      which this grants the incarnation ('any' for any, '' when it grants none), 19 the grants it had at least,
--      20 what the decision was made on ('' for nothing), 21 decisions to keep evidence of, 22 other agents to look at again, apart by
--      spaces, 23 its group ('' for none), 24 the report that was read ('' for none), 25.. the actions, oldest first
-- The writes stand in an order in which every prefix of them is safe: a store whose log records a script write by write (the
-- embedded one does) can be killed between two. The first makes the agent due at once and the last ends that, so that a
-- supervisor looks at whatever a broken commit left. Until the state is written nothing new holds but the fence and the log;
-- after it, what is missing is made up for by that look.
-- Returns 1 done, and if it grants one 1 + the grants there are now; 0 somebody else changed the state, or a body claimed the incarnation; -1 the agent was heard of since;
--         -2 the store lost writes since it was as the caller knows it, or the number may have been granted before.
local state = redis.call('HGET', KEYS[4], ARGV[1]) or ''
if state ~= ARGV[2] then return 0 end
if ARGV[4] ~= '' and (redis.call('HGET', KEYS[8], ARGV[4]) or '') ~= ARGV[17] then return 0 end
if ARGV[5] ~= '' then
  local deadline = redis.call('ZSCORE', KEYS[1], ARGV[4])
  if deadline and tonumber(deadline) > tonumber(ARGV[5]) then return -1 end
end
-- An end that was told meanwhile would be taken out with its incarnation, and nobody would tell it again.
if ARGV[4] ~= '' and (redis.call('HGET', KEYS[7], ARGV[1]) or '') ~= ARGV[24] then return -1 end
if ARGV[10] ~= '' then
  local floor = redis.call('HGET', KEYS[11], 'incarnationFloor')
  if floor and tonumber(floor) >= tonumber(ARGV[16]) then return 0 end
end
if ARGV[18] ~= '' then
  local floor = redis.call('HGET', KEYS[11], 'grantFloor')
  if floor and tonumber(floor) >= tonumber(ARGV[16]) then return -2 end
  if ARGV[18] ~= 'any' then
    if redis.call('HGET', KEYS[11], 'generation') ~= ARGV[18] then return -2 end
    if (tonumber(redis.call('HGET', KEYS[11], 'grants') or '0') or 0) < tonumber(ARGV[19]) then return -2 end
  end
end
-- A script that fails half-way keeps its first writes, so what would make it fail is looked for before.
local types = { 'zset', 'zset', 'zset', 'hash', 'hash', 'hash', 'hash', 'hash', 'list', 'list', 'hash', 'list', 'zset', 'zset', 'set', 'list', 'set' }
for i, wanted in ipairs(types) do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= wanted and found ~= 'none' then return redis.error_reply('WRONGTYPE ' .. KEYS[i] .. ' is no ' .. wanted) end
end

-- What is no number would make the script fail too; it begins anew.
local function count(field, by)
  if string.match(redis.call('HGET', KEYS[11], field) or '0', '^%d+$') then
    redis.call('HINCRBY', KEYS[11], field, by)
  else
    redis.call('HSET', KEYS[11], field, by)
  end
end

-- 1. The tripwire, then the fence: the new incarnation has its deadline, and the old one may write nothing more.
redis.call('ZADD', KEYS[3], 0, ARGV[1])
for other in string.gmatch(ARGV[22], '%S+') do redis.call('ZADD', KEYS[3], 0, other) end
if ARGV[18] ~= '' then count('grants', 1) end
if ARGV[6] ~= '' then redis.call('ZADD', KEYS[1], ARGV[7], ARGV[6]) end
if ARGV[4] ~= '' then redis.call('ZREM', KEYS[1], ARGV[4]) end
if ARGV[10] ~= '' then
  redis.call('HSET', KEYS[5], ARGV[1], ARGV[10])
  if ARGV[23] ~= '' then redis.call('SADD', KEYS[17], ARGV[1]) end
end

-- 2. The log, with the evidence before it: it is of no use without the actions, but they are not without it. That of an agent
-- that is forgotten stays for a day; if the rest of that is lost, the next decision takes it back.
if ARGV[20] ~= '' then
  redis.call('LPUSH', KEYS[16], ARGV[20])
  redis.call('LTRIM', KEYS[16], 0, ARGV[21] - 1)
  if ARGV[3] ~= '' then redis.call('PERSIST', KEYS[16]) end
end
if ARGV[3] == '' then redis.call('EXPIRE', KEYS[16], 86400) end
for i = 25, #ARGV do
  redis.call('LPUSH', KEYS[9], ARGV[i])
  if ARGV[3] ~= '' then redis.call('LPUSH', KEYS[10], ARGV[i]) end
end
if #ARGV >= 25 then
  redis.call('LTRIM', KEYS[9], 0, ARGV[11] - 1)
  if ARGV[3] ~= '' then redis.call('LTRIM', KEYS[10], 0, ARGV[11] - 1) end
end

-- 3. The state, with its schedule before it.
if ARGV[3] ~= '' then
  redis.call('ZADD', KEYS[14], 0, ARGV[1])
  if ARGV[8] ~= '' then redis.call('ZADD', KEYS[2], ARGV[8], ARGV[1]) end
  redis.call('HSET', KEYS[4], ARGV[1], ARGV[3])
else
  -- A later agent of the same name must not be given a number that this one had.
  local floor = redis.call('HGET', KEYS[11], 'incarnationFloor')
  if not floor or tonumber(floor) < tonumber(ARGV[16]) then redis.call('HSET', KEYS[11], 'incarnationFloor', ARGV[16]) end
  redis.call('HDEL', KEYS[5], ARGV[1])
  redis.call('HDEL', KEYS[4], ARGV[1])
end

-- 4. What nobody asks for any more.
if ARGV[8] == '' then redis.call('ZREM', KEYS[2], ARGV[1]) end
if ARGV[3] == '' or (ARGV[2] ~= '' and KEYS[13] ~= KEYS[14]) then redis.call('ZREM', KEYS[13], ARGV[1]) end
if ARGV[4] ~= '' then
  redis.call('HDEL', KEYS[8], ARGV[4])
  redis.call('SREM', KEYS[15], ARGV[4])
  redis.call('HDEL', KEYS[7], ARGV[1])
end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[6], ARGV[1])
  redis.call('HDEL', KEYS[7], ARGV[1])
  redis.call('DEL', KEYS[10], KEYS[12])
  if ARGV[23] ~= '' then redis.call('SREM', KEYS[17], ARGV[1]) end
end

-- 5. Counters.
if ARGV[12] ~= '0' then count('failures', ARGV[12]) end
if ARGV[13] ~= '0' then count('restarts', ARGV[13]) end
if ARGV[14] ~= '0' then
  count('recoveries', ARGV[14])
  count('recoveryMs', ARGV[15])
end

-- 6. The next look, in place of the tripwire.
if ARGV[9] ~= '' then redis.call('ZADD', KEYS[3], ARGV[9], ARGV[1]) else redis.call('ZREM', KEYS[3], ARGV[1]) end
if ARGV[18] ~= '' then return 1 + (tonumber(redis.call('HGET', KEYS[11], 'grants') or '0') or 0) end
return 1
