import type { KubeObject } from '../api/objects.ts';
import { specSchema } from '../api/schema.generated.ts';
import type { Condition, WssRouteAttachment, WssRouteStatus } from '../api/wssroute.generated.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { fillDefaults } from '../route/defaults.ts';
import { createTextPool } from './text-pool.ts';

/** Conditions are most of a route, and thousands of routes have the same ones. */
const shareWords = createTextPool(1024);

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
  return { apiVersion, kind, metadata, spec, ...(status !== undefined && { status: shareConditions(status) }) };
}

function shareConditions(status: WssRouteStatus): WssRouteStatus {
  const { conditions, attachments } = status;
  return {
    ...status,
    ...(conditions !== undefined && { conditions: conditions.map(shareCondition) }),
    ...(attachments !== undefined && { attachments: attachments.map(shareAttachment) }),
  };
}

function shareAttachment(attachment: WssRouteAttachment): WssRouteAttachment {
  const { conditions } = attachment;
  return { ...attachment, ...(conditions !== undefined && { conditions: conditions.map(shareCondition) }) };
}

function shareCondition(condition: Condition): Condition {
  const { type, reason, message, lastTransitionTime } = condition;
  return {
    ...condition,
    type: shareWords(type),
    reason: shareWords(reason),
    message: shareWords(message),
    lastTransitionTime: shareWords(lastTransitionTime),
  };
}
