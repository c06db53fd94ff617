import { describeAttachment } from '../route/attachment.ts';
import type { Verdict } from './facts.ts';
import { listSome } from './list-some.ts';
import type { Observed } from './observed.ts';
import type { Placement } from './place.ts';

/** Whether the implementation of a Gateway has taken the route over: its addresses are published. */
export function judgeParent(placement: Extract<Placement, { isDecided: true }>, _observed: Observed): Verdict {
  const type = 'Programmed';
  const addresses = placement.target.parent?.addresses ?? [];
  if (addresses.length > 0)
    return { type, status: 'True', reason: 'Programmed', message: `served at ${listSome(addresses)}` };
  const message = `${describeAttachment(placement.attachment)} has not published an address yet`;
  return { type, status: 'False', reason: 'AwaitingAddress', message };
}
