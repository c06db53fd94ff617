import type { WssRoute } from '../api/wssroute.ts';
import { type Dialect, findLosses, type Loss, type Target } from '../dialects/dialect.ts';
import { type Attachment, describeAttachment } from '../route/attachment.ts';
import { nameSecret } from '../route/certificate.ts';
import { planRoute, type RoutePlan } from '../route/plan.ts';

/** What the route becomes at the place where it is to go. */
export interface Verdict {
  /** The place; it has listeners of the route's own where no other would take it. */
  readonly attachment: Attachment;
  readonly losses: readonly TargetLoss[];
  /** Why nothing can be written for the route there. */
  readonly obstacle?: string;
}

export interface TargetLoss extends Loss {
  /** Whether some place where the route is now honours the field. */
  readonly isNew: boolean;
}

/** A place, and whose words are spoken there; undefined where they are not known. */
export interface Spoken {
  readonly attachment: Attachment;
  readonly dialect: Dialect | undefined;
  readonly target: Target;
}

/** Holds the route against the dialect of its target, as far as that is known. */
export function judgeTarget(route: WssRoute, from: readonly Spoken[], to: Spoken): Verdict {
  const before = from.map((each) => new Set(judge(route, each).map(({ field }) => field)));
  const place = choosePlace(route, to);
  const losses = judge(route, place).map((loss) => ({
    ...loss,
    isNew: before.some((fields) => !fields.has(loss.field)),
  }));
  const obstacle =
    to.dialect === undefined
      ? `the dialect of ${describeAttachment(to.attachment)} is not spoken`
      : findObstacle(route, place);
  return { attachment: place.attachment, losses, ...(obstacle !== undefined && { obstacle }) };
}

/** A Gateway without a listener for the route may let it bring its own. */
function choosePlace(route: WssRoute, to: Spoken): Spoken {
  const { attachment } = to;
  if (attachment.kind !== 'Gateway' || findObstacle(route, to) === undefined) return to;
  const own = { ...to, attachment: { ...attachment, createsListener: true } };
  return findObstacle(route, own) === undefined ? own : to;
}

function findObstacle(route: WssRoute, { attachment, dialect, target }: Spoken): string | undefined {
  return dialect?.findObstacle?.(plan(route, attachment), target)?.message;
}

function judge(route: WssRoute, { attachment, dialect, target }: Spoken): readonly Loss[] {
  return dialect === undefined ? [] : findLosses(dialect, plan(route, attachment), target);
}

/** As the only route of its hosts, with its certificate there. */
function plan(route: WssRoute, attachment: Attachment): RoutePlan {
  const source = { secretName: nameSecret(route), isCertificateReady: true };
  return planRoute(route, attachment, source, { isLost: () => false, rankAt: () => 0 });
}
