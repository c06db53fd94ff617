-- An earlier look helps a route that waits. One that is served is looked at anyway whenever anything about it changes.
local isServed = false
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    if condition.type == "Ready" and condition.status == "True" then
      isServed = true
    end
  end
end
local actions = {}
actions["reconcile"] = { ["disabled"] = isServed, ["iconClass"] = "fa fa-fw fa-redo", ["displayName"] = "Reconcile now" }
return actions
