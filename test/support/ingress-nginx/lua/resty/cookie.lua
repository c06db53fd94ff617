-- Test double of lua-resty-cookie: reads one cookie of the request, adds one Set-Cookie to the response.
local _M = {}
local mt = { __index = _M }

function _M.new()
  return setmetatable({}, mt)
end

function _M.get(_, name)
  local value = ngx.var["cookie_" .. name]
  if not value then
    return nil, "no cookie " .. name
  end
  return value
end

function _M.set(_, cookie)
  local parts = { cookie.key .. "=" .. cookie.value }
  local function add(name, value)
    if value then
      parts[#parts + 1] = name .. "=" .. tostring(value)
    end
  end
  add("Expires", cookie.expires)
  add("Max-Age", cookie.max_age)
  add("Domain", cookie.domain)
  add("Path", cookie.path)
  if cookie.secure then
    parts[#parts + 1] = "Secure"
  end
  if cookie.httponly then
    parts[#parts + 1] = "HttpOnly"
  end
  add("SameSite", cookie.samesite)

  local present = ngx.header["Set-Cookie"]
  local all = type(present) == "table" and present or { present }
  all[#all + 1] = table.concat(parts, "; ")
  ngx.header["Set-Cookie"] = all
  return true
end

return _M
