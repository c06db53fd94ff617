import type { Observed, ObservedCertificateRequest, ObservedChallenge, ObservedOrder } from './observed.ts';

/** A message is read by people; who has more hosts than this sees the count of the others. */
const shownChallenges = 3;

/** Nothing comes of these by itself; see acme.IsFailureState in cert-manager's pkg/acme/util.go. */
const failed: ReadonlySet<string> = new Set(['invalid', 'expired', 'errored']);

/** What a request says of its Order; the Order itself says more (pkg/controller/certificaterequests/acme/acme.go). */
const saysOrder =
  /^(?:Created Order resource|Waiting on certificate issuance from order|Waiting for order-controller) /;

/**
 * What cert-manager is doing for a Certificate that is not issued, each step in words: the ACME Order and its Challenges, or what
 * the issuer says of the request. Empty where nothing is known but what the Certificate says itself.
 */
export function explainIssuance(observed: Observed): readonly string[] {
  return [...explainSteps(observed), ...explainSolver(observed)];
}

/** The one case in which a challenge waits for ever and nothing of cert-manager says why. */
function explainSolver({ strandedSolver }: Observed): readonly string[] {
  if (strandedSolver === undefined) return [];
  return [
    `the controller turns away cert-manager's Ingress for ${strandedSolver}, because it wants the host for itself: set the annotation ` +
      'nginx.org/mergeable-ingress-type: minion in solvers[].http01.ingress.ingressTemplate.metadata of the issuer',
  ];
}

function explainSteps({ certificate, latestRequest, order, challenges }: Observed): readonly string[] {
  const isRetried = certificate?.issuance.state === 'issuing' && latestRequest?.readyReason === 'Failed';
  // A request that is done, or that is about to be replaced, tells nothing of the issuance that is under way.
  if (latestRequest === undefined || latestRequest.readyReason === 'Issued' || isRetried) return [];
  if (order === undefined) return explainRequest(latestRequest);
  return [`Order "${order.name}" ${describeState(order)}`, ...explainChallenges(challenges)];
}

/** What it failed of, the Certificate says as well. */
function explainRequest({ name, readyReason, message }: ObservedCertificateRequest): readonly string[] {
  if (message === '' || readyReason === undefined || readyReason === 'Failed' || saysOrder.test(message)) return [];
  return [`CertificateRequest "${name}" is ${readyReason.toLowerCase()}: ${message}`];
}

function explainChallenges(challenges: readonly ObservedChallenge[]): readonly string[] {
  const open = challenges.filter(({ state }) => state !== 'valid').sort(compare);
  const shown = open
    .slice(0, shownChallenges)
    .map((challenge) => `Challenge ${challenge.type} for ${challenge.name} ${describeState(challenge)}`);
  const others = open.length - shown.length;
  return others === 0 ? shown : [...shown, `further Challenges that are not done: ${others}`];
}

/** The most telling first, and always in the same order. */
function compare(left: ObservedChallenge, right: ObservedChallenge): number {
  return rank(left) - rank(right) || (left.name < right.name ? -1 : 1);
}

function rank({ state, reason }: ObservedChallenge): number {
  if (failed.has(state)) return 0;
  return reason === '' ? 2 : 1;
}

function describeState({ state, reason }: ObservedOrder | ObservedChallenge): string {
  return reason === '' ? `is ${state}` : `is ${state}: ${reason}`;
}
