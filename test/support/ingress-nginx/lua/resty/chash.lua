-- Test double of lua-resty-balancer's resty.chash: a ring of points per node, so that a key stays with its node and
-- only the keys of a node that leaves move.
local crc32 = ngx.crc32_long

local POINTS = 160

local _M = {}
local mt = { __index = _M }

local function ring_of(nodes)
  local ring = {}
  for name, weight in pairs(nodes) do
    for point = 1, POINTS * weight do
      ring[#ring + 1] = { hash = crc32(name .. "#" .. point), name = name }
    end
  end
  table.sort(ring, function(a, b)
    if a.hash == b.hash then
      return a.name < b.name
    end
    return a.hash < b.hash
  end)
  return ring
end

function _M.new(_, nodes)
  local self = setmetatable({}, mt)
  self:reinit(nodes)
  return self
end

function _M.reinit(self, nodes)
  self.nodes = nodes
  self.ring = ring_of(nodes)
end

function _M.find(self, key)
  local ring = self.ring
  if #ring == 0 then
    return nil
  end
  local hash = crc32(tostring(key))
  local low, high = 1, #ring
  while low < high do
    local middle = math.floor((low + high) / 2)
    if ring[middle].hash < hash then
      low = middle + 1
    else
      high = middle
    end
  end
  if ring[low].hash < hash then
    low = 1
  end
  return ring[low].name
end

return _M
