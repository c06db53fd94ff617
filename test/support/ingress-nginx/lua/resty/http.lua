-- Test double: required at start; used for OCSP stapling only, which the rig does not offer.
local _M = {}

function _M.new()
  return nil, "the rig has no resty.http"
end

return _M
