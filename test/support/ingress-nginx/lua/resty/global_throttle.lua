-- Test double: required at start; used for the global-rate-limit annotations only, which the rig does not offer.
local _M = {}

function _M.new()
  return nil, "the rig has no resty.global_throttle"
end

return _M
