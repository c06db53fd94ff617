-- Test double: required at start; used for ExternalName Services and names of upstreams only, which the rig does not offer.
local _M = { TYPE_A = 1, TYPE_AAAA = 28 }

function _M.new()
  return nil, "the rig has no resty.dns.resolver"
end

return _M
