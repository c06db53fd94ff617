import { type ConditionType, isReason, type Reason } from '../api/conditions.ts';
import { findConditionAt, type WssRoute } from '../api/wssroute.ts';
import { explainNoHost, formatUrl, listHandshakes, verificationOf } from '../route/proof.ts';
import type { Verdict } from './facts.ts';
import type { Evidence, Observed } from './observed.ts';

const types = ['Reachable', 'CertificateMatches', 'PubliclyTrusted'] as const satisfies readonly ConditionType[];

/**
 * What a handshake through one attachment says of the route. While nothing newer is known, what the status says of the same
 * generation stands: a restart is no news. `missing` is the condition without which no handshake is made.
 */
export function judgeProof(
  { route, proofs }: Observed,
  ref: string,
  missing: ConditionType | undefined,
): readonly Verdict[] {
  if (proofs === 'off') {
    return answerAll('VerificationDisabled', 'the configuration of the operator asks for no handshakes');
  }
  if (!verificationOf(route.spec).enabled) {
    return answerAll('VerificationDisabled', 'spec.verification.enabled is false');
  }
  const [handshake, ...others] = listHandshakes(route.spec);
  if (handshake === undefined) {
    return answerAll(
      'NoHostToVerify',
      `${explainNoHost(route.spec)}: set spec.verification.host to a name that clients open`,
    );
  }
  if (missing !== undefined) {
    return answerAll('NotAttempted', `no handshake is made before ${missing} is True`);
  }
  const proof = proofs.get(ref);
  if (proof !== undefined && proof.generation === route.metadata.generation) return judgeEvidence(proof, others.length);
  const url = formatUrl(handshake);
  return listEarlier(route, ref) ?? answerAll('AwaitingHandshake', `a handshake with ${url} is about to be made`);
}

function judgeEvidence(evidence: Evidence, others: number): readonly Verdict[] {
  const { reason, message, url, address } = evidence;
  const opens = others === 0 ? `${url} opens` : `${url} and ${others} more open`;
  const reachable: Verdict =
    reason === 'Connected'
      ? { type: 'Reachable', status: 'True', reason, message: `${opens} at ${address}` }
      : { type: 'Reachable', status: 'False', reason, message: `${url} does not open at ${address}: ${message}` };
  return [reachable, judgeShown(evidence), judgeTrust(evidence)];
}

function judgeShown({ certificate, reason, message }: Evidence): Verdict {
  const type = 'CertificateMatches';
  if (certificate === 'unseen') return unseen(type);
  if (certificate === 'wrong' && reason !== 'Connected') return { type, status: 'False', reason, message };
  return { type, status: 'True', reason: type, message: 'the certificate that is served holds the host and is valid' };
}

function judgeTrust({ certificate, chain, reason, message }: Evidence): Verdict {
  const type = 'PubliclyTrusted';
  if (certificate === 'unseen') return unseen(type);
  switch (chain) {
    case 'public':
      return {
        ...{ type, status: 'True', reason: 'PublicAuthority' },
        message: 'browsers bring the authority of the certificate along',
      };
    case 'private':
      return {
        ...{ type, status: 'False', reason: 'PrivateAuthority' },
        message: 'browsers do not bring the authority of the certificate along: clients need its root',
      };
    case 'incomplete':
      return {
        ...{ type, status: 'False', reason: 'IncompleteChain' },
        message:
          'the certificate is one of a public authority and served without its intermediates, which many clients need: put them behind it, in tls.crt of the Secret',
      };
    case 'broken':
      return { type, status: 'False', reason, message };
  }
}

function unseen(type: ConditionType): Verdict {
  return { type, status: 'Unknown', reason: 'NotReached', message: 'no certificate was shown; see Reachable' };
}

/** What an earlier leader found of this generation; a status that somebody has spoilt says nothing. */
function listEarlier({ metadata, status }: WssRoute, ref: string): readonly Verdict[] | undefined {
  if (findConditionAt(status, ref, 'Reachable')?.status === 'Unknown') return undefined;
  const verdicts = types.flatMap((type): readonly Verdict[] => {
    const condition = findConditionAt(status, ref, type);
    if (condition === undefined || condition.observedGeneration !== metadata.generation) return [];
    const { status: answer, reason, message } = condition;
    return isReason(reason) ? [{ type, status: answer, reason, message }] : [];
  });
  return verdicts.length === types.length ? verdicts : undefined;
}

function answerAll(reason: Reason, message: string): readonly Verdict[] {
  return types.map((type) => ({ type, status: 'Unknown', reason, message }));
}
