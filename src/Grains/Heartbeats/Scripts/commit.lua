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
local unpack = unpack or table.unpack
local id, old, next, left, entered, noted = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[6], #ARGV >= 25
if (redis.call('HGET', KEYS[4], id) or '') ~= old then return 0 end
if left ~= '' and (redis.call('HGET', KEYS[8], left) or '') ~= ARGV[17] then return 0 end
local deadline = (left ~= '' or entered ~= '') and redis.call('ZSCORE', KEYS[1], left ~= '' and left or entered)
if ARGV[5] ~= '' and deadline and tonumber(deadline) > tonumber(ARGV[5]) then return -1 end
-- An end that was told meanwhile would be taken out with its incarnation, and nobody would tell it again.
if left ~= '' and (redis.call('HGET', KEYS[7], id) or '') ~= ARGV[24] then return -1 end
local fields = { 'incarnationFloor', 'grantFloor', 'generation', 'grants', 'failures', 'restarts', 'recoveries', 'recoveryMs' }
local counters = redis.call('HMGET', KEYS[11], fields[1], fields[2], fields[3], fields[4], fields[5], fields[6], fields[7], fields[8])
local floor = counters[1] and tonumber(counters[1])
-- A floor that is no number is put right before anything is granted above it.
if (ARGV[10] ~= '' or ARGV[18] ~= '' or next == '') and ((counters[1] and not floor) or (counters[2] and not tonumber(counters[2]))) then return -2 end
if ARGV[10] ~= '' and floor and floor >= tonumber(ARGV[16]) then return 0 end
if ARGV[18] ~= '' then
  if counters[2] and tonumber(counters[2]) >= tonumber(ARGV[16]) then return -2 end
  if ARGV[18] ~= 'any' and (counters[3] ~= ARGV[18] or (tonumber(counters[4] or '0') or 0) < tonumber(ARGV[19])) then return -2 end
end
-- A script that fails half-way keeps its first writes, so what would make it fail is looked for before. The keys that were read are
-- what they should be, and EXPIRE, PERSIST and DEL take any.
local function check(key, wanted)
  local found = redis.call('TYPE', key).ok
  return found ~= wanted and found ~= 'none' and redis.error_reply('WRONGTYPE ' .. key .. ' is no ' .. wanted)
end
local fault = check(KEYS[2], 'zset') or check(KEYS[3], 'zset') or check(KEYS[13], 'zset')
if KEYS[14] ~= KEYS[13] then fault = fault or check(KEYS[14], 'zset') end
if ARGV[10] ~= '' or next == '' then fault = fault or check(KEYS[5], 'hash') or check(KEYS[17], 'set') end
if next == '' then fault = fault or check(KEYS[6], 'hash') or check(KEYS[7], 'hash') end
if left ~= '' then fault = fault or check(KEYS[15], 'set') end
if ARGV[20] ~= '' then fault = fault or check(KEYS[16], 'list') end
if noted then fault = fault or check(KEYS[9], 'list') or (next ~= '' and check(KEYS[10], 'list')) end
if fault then return fault end

-- What is no number begins anew.
local function sum(n, by)
  local before = counters[n]
  return string.format('%.0f', (before and string.match(before, '^%d+$') and tonumber(before) or 0) + tonumber(by))
end

local function push(key, most, entries)
  local length = redis.call('LPUSH', key, unpack(entries))
  if length > tonumber(most) then redis.call('LTRIM', key, 0, most - 1) end
end

-- 1. The tripwire, then the fence: the new incarnation has its deadline, and the old one may write nothing more.
redis.call('ZADD', KEYS[3], 0, id)
for other in string.gmatch(ARGV[22], '%S+') do redis.call('ZADD', KEYS[3], 0, other) end
local grants = ARGV[18] ~= '' and sum(4, 1)
if grants then redis.call('HSET', KEYS[11], 'grants', grants) end
if entered ~= '' then redis.call('ZADD', KEYS[1], ARGV[7], entered) end
if left ~= '' then redis.call('ZREM', KEYS[1], left) end
if ARGV[10] ~= '' then
  redis.call('HSET', KEYS[5], id, ARGV[10])
  if ARGV[23] ~= '' then redis.call('SADD', KEYS[17], id) end
end

-- 2. The log, with the evidence before it: it is of no use without the actions, but they are not without it. That of an agent
-- that is forgotten stays for a day; if the rest of that is lost, the next decision takes it back.
if ARGV[20] ~= '' then
  push(KEYS[16], ARGV[21], { ARGV[20] })
  if next ~= '' then redis.call('PERSIST', KEYS[16]) end
end
if next == '' then redis.call('EXPIRE', KEYS[16], 86400) end
if noted then
  local actions = {}
  for i = 25, #ARGV do actions[#actions + 1] = ARGV[i] end
  push(KEYS[9], ARGV[11], actions)
  if next ~= '' then push(KEYS[10], ARGV[11], actions) end
end

-- 3. The state, with its schedule before it.
if next ~= '' then
  redis.call('ZADD', KEYS[14], 0, id)
  if ARGV[8] ~= '' then redis.call('ZADD', KEYS[2], ARGV[8], id) end
  redis.call('HSET', KEYS[4], id, next)
else
  -- A later agent of the same name must not be given a number that this one had.
  if not floor or floor < tonumber(ARGV[16]) then redis.call('HSET', KEYS[11], 'incarnationFloor', ARGV[16]) end
  redis.call('HDEL', KEYS[5], id)
  redis.call('HDEL', KEYS[4], id)
end

-- 4. What nobody asks for any more.
if ARGV[8] == '' then redis.call('ZREM', KEYS[2], id) end
if next == '' or (old ~= '' and KEYS[13] ~= KEYS[14]) then redis.call('ZREM', KEYS[13], id) end
if left ~= '' then
  redis.call('HDEL', KEYS[8], left)
  redis.call('SREM', KEYS[15], left)
  if ARGV[24] ~= '' then redis.call('HDEL', KEYS[7], id) end
end
if next == '' then
  redis.call('HDEL', KEYS[6], id)
  redis.call('HDEL', KEYS[7], id)
  redis.call('DEL', KEYS[10], KEYS[12])
  if ARGV[23] ~= '' then redis.call('SREM', KEYS[17], id) end
end

-- 5. Counters.
local counted = {}
for n = 5, 8 do
  local by = ARGV[n + 7]
  if by ~= '0' then
    counted[#counted + 1] = fields[n]
    counted[#counted + 1] = sum(n, by)
  end
end
if #counted > 0 then redis.call('HSET', KEYS[11], unpack(counted)) end

-- 6. The next look, in place of the tripwire.
if ARGV[9] ~= '' then redis.call('ZADD', KEYS[3], ARGV[9], id) else redis.call('ZREM', KEYS[3], id) end
return 1 + (grants and tonumber(grants) or 0)
