-- Test double of lua-resty-balancer's resty.roundrobin: nodes in turn, each as often as its weight says.
local _M = {}
local mt = { __index = _M }

local function expand(nodes)
  local names = {}
  for name, weight in pairs(nodes) do
    for _ = 1, weight do
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

function _M.new(_, nodes)
  local self = setmetatable({}, mt)
  self:reinit(nodes)
  return self
end

function _M.reinit(self, nodes)
  self.nodes = nodes
  self.names = expand(nodes)
  -- Workers start at different nodes, as the original does.
  self.position = math.random(0, 1000)
end

function _M.find(self)
  if #self.names == 0 then
    return nil
  end
  self.position = self.position + 1
  return self.names[self.position % #self.names + 1]
end

return _M
