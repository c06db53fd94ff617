import type { KubeObject } from '../api/objects.ts';
import { isRecord } from '../api/record.ts';
import { specSchema } from '../api/schema.generated.ts';
import type { Condition, WssRouteAttachment, WssRouteStatus } from '../api/wssroute.generated.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { fillDefaults } from '../route/defaults.ts';
import { createTextPool, createValuePool } from './pool.ts';

/** Conditions are most of a route, and thousands of routes have the same ones, or at least the same words in them. */
const shareValue = createValuePool(1024);
const shareText = createTextPool(1024);

/**
 * What is kept of a WssRoute. Labels, annotations and managed fields are never used, and are often the larger part of it. Defaults are
 * there already, unless somebody has installed a schema without them.
 */
export function projectRoute(object: KubeObject): WssRoute {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } = object.metadata;
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(generation !== undefined && { generation }),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
  };
  const { apiVersion, kind, spec, status } = object as WssRoute;
  fillDefaults(specSchema, spec);
  return {
    apiVersion: shareText(apiVersion),
    kind: shareText(kind),
    metadata,
    spec: shareParts(spec),
    ...(status !== undefined && { status: shareStatus(status) }),
  };
}

/** In the object itself, which nobody else has: V8 gives one that JSON.parse has made less room than any other. */
function shareParts(spec: WssRoute['spec']): WssRoute['spec'] {
  // Something else was stored under another schema; the status will say so.
  if (!isRecord(spec)) return spec;
  return Object.assign(spec, Object.fromEntries(Object.entries(spec).map(([name, part]) => [name, sharePart(part)])));
}

function sharePart(part: unknown): unknown {
  if (typeof part === 'string') return shareText(part);
  return typeof part === 'object' && part !== null ? shareValue(part) : part;
}

function shareStatus(status: WssRouteStatus): WssRouteStatus {
  const { attachments } = status;
  return {
    ...shareVerdicts(status),
    ...(attachments !== undefined && { attachments: attachments.map(shareVerdicts) }),
  };
}

function shareVerdicts<Part extends Pick<WssRouteAttachment, 'dialect' | 'conditions'>>(part: Part): Part {
  const { dialect, conditions } = part;
  return {
    ...part,
    ...(dialect !== undefined && { dialect: shareText(dialect) }),
    ...(conditions !== undefined && { conditions: conditions.map(shareCondition) }),
  };
}

function shareCondition(condition: Condition): Condition {
  const { type, reason, message, lastTransitionTime } = condition;
  return shareValue({
    ...condition,
    type: shareText(type),
    reason: shareText(reason),
    message: shareText(message),
    lastTransitionTime: shareText(lastTransitionTime),
  });
}
