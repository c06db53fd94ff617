import { type Problem, quoteValue } from '../api/problem.ts';
import { parseSeconds } from '../route/duration.ts';
import { describeIssuer, matches } from '../route/policy.ts';
import type { Configuration } from './schema.ts';

/** How much longer than its period a retry may take (client-go, tools/leaderelection/leaderelection.go `JitterFactor`). */
const jitterFactor = 1.2;

/** With Gateways; without, the schema's own bound. */
const maximumNamespaces = 6;

/** What no schema can say: how one value goes with another. Fields that are not `isWellFormed` are passed over. */
export function checkMeaning(
  { namespaces, gatewayAPI, leaderElection, ingressClasses, issuers, limits, verification }: Configuration,
  isWellFormed: (field: keyof Configuration) => boolean,
): readonly Problem[] {
  return [
    ...(isWellFormed('leaderElection') ? checkLease(leaderElection) : []),
    ...(isWellFormed('ingressClasses') ? checkClasses(ingressClasses) : []),
    ...(isWellFormed('namespaces') && isWellFormed('gatewayAPI') ? checkStreams(namespaces, gatewayAPI) : []),
    ...(isWellFormed('issuers') ? checkIssuers(issuers) : []),
    ...(isWellFormed('limits') ? checkLimits(limits) : []),
    ...(isWellFormed('verification')
      ? checkBounds('verification.minInterval', verification.minInterval, { least: '10s', greatest: '24h' })
      : []),
  ];
}

/** Each kind takes a stream for each namespace, and a connection has 100. */
function checkStreams(
  namespaces: Configuration['namespaces'],
  { enabled }: Configuration['gatewayAPI'],
): readonly Problem[] {
  if (enabled !== true || namespaces.length <= maximumNamespaces) return [];
  const expected = `must have at most ${maximumNamespaces} with gatewayAPI.enabled: list fewer, watch all, or set it to false`;
  return [{ path: 'namespaces', found: `${namespaces.length} namespaces`, expected }];
}

function checkLimits({ idleTimeout, connectTimeout }: Configuration['limits']): readonly Problem[] {
  return [
    ...checkBounds('limits.idleTimeout', idleTimeout, { greatest: '168h' }),
    ...checkBounds('limits.connectTimeout', connectTimeout, { greatest: '75s' }),
  ];
}

/** The rules of client-go's leader election (tools/leaderelection/leaderelection.go `NewLeaderElector`). */
function checkLease({
  leaseDuration,
  renewDeadline,
  retryPeriod,
}: Configuration['leaderElection']): readonly Problem[] {
  const problems = [
    ...checkBounds('leaderElection.leaseDuration', leaseDuration, { greatest: '24h' }),
    ...checkBounds('leaderElection.renewDeadline', renewDeadline, { greatest: '24h' }),
    ...checkBounds('leaderElection.retryPeriod', retryPeriod, { greatest: '24h' }),
  ];
  if (problems.length > 0) return problems;
  const path = 'leaderElection.renewDeadline';
  const found = quoteValue(renewDeadline);
  if (parseSeconds(renewDeadline) >= parseSeconds(leaseDuration)) {
    problems.push({
      path,
      found,
      expected: `must be shorter than leaderElection.leaseDuration, which is ${leaseDuration}`,
    });
  }
  if (parseSeconds(renewDeadline) <= parseSeconds(retryPeriod) * jitterFactor) {
    const expected = `must be longer than ${jitterFactor} times leaderElection.retryPeriod, which is ${retryPeriod}`;
    problems.push({ path, found, expected });
  }
  return problems;
}

function checkBounds(
  path: string,
  text: string | undefined,
  { least = '1s', greatest }: { readonly least?: string; readonly greatest: string },
): Problem[] {
  if (text === undefined) return [];
  const seconds = parseSeconds(text);
  if (seconds >= parseSeconds(least) && seconds <= parseSeconds(greatest)) return [];
  return [{ path, found: quoteValue(text), expected: `must be from ${least} to ${greatest}` }];
}

function checkClasses(classes: Configuration['ingressClasses']): readonly Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const [index, { name }] of classes.entries()) {
    if (seen.has(name)) {
      problems.push({
        path: `ingressClasses[${index}].name`,
        found: quoteValue(name),
        expected: 'must be listed once only',
      });
    }
    seen.add(name);
  }
  return problems;
}

function checkIssuers({ default: standard, allowed }: Configuration['issuers']): readonly Problem[] {
  const problems: Problem[] = [];
  const places = [
    ...(standard === undefined ? [] : [{ path: 'issuers.default', issuer: standard }]),
    ...allowed.map((issuer, index) => ({ path: `issuers.allowed[${index}]`, issuer })),
  ];
  for (const { path, issuer } of places) {
    if (issuer.group === 'cert-manager.io' && issuer.kind !== 'Issuer' && issuer.kind !== 'ClusterIssuer') {
      const expected = 'must be ClusterIssuer or Issuer; for an external issuer set group to its API group as well';
      problems.push({ path: `${path}.kind`, found: quoteValue(issuer.kind), expected });
    }
  }
  if (standard !== undefined && allowed.length > 0 && !allowed.some((each) => matches(each, standard))) {
    const expected = `must be one of issuers.allowed: ${allowed.map(describeIssuer).join(', ')}`;
    problems.push({ path: 'issuers.default', found: quoteValue(describeIssuer(standard)), expected });
  }
  return problems;
}
