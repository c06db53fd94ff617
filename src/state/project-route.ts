import type { KubeObject } from '../api/objects.ts';
import { specSchema } from '../api/schema.generated.ts';
import type { WssRouteAttachment, WssRouteStatus } from '../api/wssroute.generated.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { fillDefaults } from '../route/defaults.ts';
import { createTextPool, createValuePool } from './pool.ts';

/** Conditions are most of a route, and most of a spec is what thousands of routes say alike. */
const shareValue = createValuePool(1024);
const shareText = createTextPool(64);

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
    ...(status !== undefined && { status: shareConditions(status) }),
  };
}

/** In the object itself, which nobody else has: V8 gives one that JSON.parse has made less room than any other. */
function shareParts(spec: WssRoute['spec']): WssRoute['spec'] {
  const parts = Object.entries(spec).filter(([, part]) => typeof part === 'object');
  return Object.assign(spec, Object.fromEntries(parts.map(([name, part]) => [name, shareValue(part)])));
}

function shareConditions(status: WssRouteStatus): WssRouteStatus {
  const { conditions, attachments } = status;
  return {
    ...status,
    ...(conditions !== undefined && { conditions: conditions.map(shareValue) }),
    ...(attachments !== undefined && { attachments: attachments.map(shareAttachment) }),
  };
}

function shareAttachment(attachment: WssRouteAttachment): WssRouteAttachment {
  const { conditions } = attachment;
  return { ...attachment, ...(conditions !== undefined && { conditions: conditions.map(shareValue) }) };
}
