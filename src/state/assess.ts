import { type ConditionType, conditionTypes } from '../api/conditions.ts';
import { type Attachment, formatAttachment } from '../route/attachment.ts';
import type { Facts, Verdict } from './facts.ts';
import { judgeCertificate } from './judge-certificate.ts';
import { judgeAcceptance, judgeFields, judgeProgramming, listAddresses } from './judge-placement.ts';
import { judgeProof } from './judge-proof.ts';
import { judgeReferences } from './judge-references.ts';
import type { Placement } from './place.ts';

/** What the facts of one pass say of a route. */
export interface Assessment {
  /** One for each condition; of several attachments the worst. */
  readonly verdicts: readonly Verdict[];
  readonly attachments: readonly AttachmentAssessment[];
}

/** What they say of one attachment. */
export interface AttachmentAssessment {
  readonly ref: string;
  readonly attachment: Attachment;
  /** Undefined while it is not decided. */
  readonly dialect: string | undefined;
  readonly addresses: readonly string[];
  readonly verdicts: readonly Verdict[];
}

/** Judges a route by the facts of one pass. */
export function assess(facts: Facts): Assessment {
  const routeWide = [judgeReferences(facts.observed), judgeCertificate(facts)];
  const attachments = facts.desired.placements.map((placement) => assessPlacement(placement, routeWide, facts));
  const all = [...routeWide, ...sumUpAttachments(attachments)];
  return {
    verdicts: conditionTypes.flatMap((type) => all.find((verdict) => verdict.type === type) ?? []),
    attachments,
  };
}

function assessPlacement(placement: Placement, routeWide: readonly Verdict[], facts: Facts): AttachmentAssessment {
  const { attachment } = placement;
  const ref = formatAttachment(attachment);
  const accepted = judgeAcceptance(placement, facts);
  const programmed = judgeProgramming(placement, facts);
  const missing = [accepted, ...routeWide, programmed].find(({ status }) => status !== 'True');
  return {
    ref,
    attachment,
    dialect: placement.isDecided ? placement.dialect.name : undefined,
    addresses: listAddresses(facts.observed, placement),
    verdicts: [
      accepted,
      programmed,
      ...judgeProof(facts.observed, ref, missing?.type),
      judgeFields(placement, facts.desired),
    ],
  };
}

/** Of each type the first verdict that is not True, False before Unknown, with the attachment that it speaks of where there are several. */
function sumUpAttachments(attachments: readonly AttachmentAssessment[]): readonly Verdict[] {
  const types = new Set(attachments.flatMap(({ verdicts }) => verdicts.map(({ type }) => type)));
  return [...types].flatMap((type) => worstOf(type, attachments) ?? []);
}

function worstOf(type: ConditionType, attachments: readonly AttachmentAssessment[]): Verdict | undefined {
  const found = attachments.flatMap(({ ref, verdicts }) =>
    verdicts.filter((verdict) => verdict.type === type).map((verdict) => ({ ref, verdict })),
  );
  const worst =
    found.find(({ verdict }) => verdict.status === 'False') ??
    found.find(({ verdict }) => verdict.status === 'Unknown') ??
    found[0];
  if (worst === undefined || found.length < 2) return worst?.verdict;
  const { ref, verdict } = worst;
  if (verdict.status !== 'True') return { ...verdict, message: `${ref}: ${verdict.message}` };
  return { ...verdict, message: found.map((each) => `${each.ref}: ${each.verdict.message}`).join('; ') };
}
