-- Whether a later supervisor has the partition than the one whose term this is. A term that the store lost is put back.
local function isOver(key, term)
  local held = tonumber(redis.call('GET', key) or '0') or 0
  if held < tonumber(term) then redis.call('SET', key, term) end
  return held > tonumber(term)
end

