import type { WssRoute } from '../api/wssroute.ts';
import { type Dialect, findLosses, type Loss } from '../dialects/dialect.ts';
import type { Attachment } from '../route/attachment.ts';
import { nameSecret } from '../route/certificate.ts';
import { planRoute, type RoutePlan } from '../route/plan.ts';

/** What the route becomes at the place where it is to go. */
export interface Verdict {
  readonly losses: readonly TargetLoss[];
  /** Why nothing can be written for the route there. */
  readonly obstacle?: string;
}

export interface TargetLoss extends Loss {
  /** Whether the route has it where it is now. */
  readonly isNew: boolean;
}

/** A place, and whose words are spoken there; undefined where they are not known. */
export interface Spoken {
  readonly attachment: Attachment;
  readonly dialect: Dialect | undefined;
}

/** Holds the route against the dialect of its target. The implementation of a Gateway is not known here, so its policies are not counted on. */
export function judgeTarget(route: WssRoute, from: readonly Spoken[], to: Spoken): Verdict {
  const before = new Set(from.flatMap((place) => judge(route, place)).map(({ field, level }) => `${field} ${level}`));
  const losses = judge(route, to).map((loss) => ({ ...loss, isNew: !before.has(`${loss.field} ${loss.level}`) }));
  // Whether a Gateway takes the route depends on its listeners, which only the cluster knows.
  const obstacle =
    to.attachment.kind === 'IngressClass' ? to.dialect?.findObstacle?.(plan(route, to.attachment), {}) : undefined;
  return { losses, ...(obstacle !== undefined && { obstacle: obstacle.message }) };
}

function judge(route: WssRoute, { attachment, dialect }: Spoken): readonly Loss[] {
  return dialect === undefined ? [] : findLosses(dialect, plan(route, attachment), {});
}

/** As the only route of its hosts, with its certificate there. */
function plan(route: WssRoute, attachment: Attachment): RoutePlan {
  const source = { secretName: nameSecret(route), isCertificateReady: true };
  return planRoute(route, attachment, source, { isLost: () => false, rankAt: () => 0 });
}
