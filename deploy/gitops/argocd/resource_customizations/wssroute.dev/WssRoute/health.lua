-- The verdict of kstatus (https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus): a route that has stalled is
-- Degraded, one that is ready in its current generation is Healthy, and everything else is Progressing.
local health = { status = "Progressing", message = "Waiting for the operator" }
if obj.status == nil or obj.status.conditions == nil then
  return health
end
if obj.status.observedGeneration ~= nil and obj.status.observedGeneration ~= obj.metadata.generation then
  health.message = "Waiting for the operator to look at the last change"
  return health
end
for _, condition in ipairs(obj.status.conditions) do
  if condition.type == "Stalled" and condition.status == "True" then
    return { status = "Degraded", message = condition.message }
  end
  if condition.type == "Ready" then
    health.message = condition.message
    if condition.status == "True" then
      health.status = "Healthy"
    end
  end
end
return health
