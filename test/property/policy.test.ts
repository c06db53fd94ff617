import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatProblem } from '../../src/api/problem.ts';
import { judgeConfiguration } from '../../src/config/judge.ts';
import { resolveSettings } from '../../src/config/settings.ts';
import { parseSeconds } from '../../src/route/duration.ts';
import type { Issuer, Policy } from '../../src/route/policy.ts';
import { desire } from '../../src/state/desired.ts';
import { defaulted, observe } from '../unit/state/example.ts';
import { arbitraryRoute } from './arbitrary-route.ts';

const marks = { apiVersion: 'config.wssroute.dev/v1alpha1', kind: 'OperatorConfiguration' };
const name = fc.constantFrom('a', 'b', 'edge', 'letsencrypt', '*');
const issuer = fc.oneof(
  fc.record({ name, kind: fc.constantFrom('Issuer', 'ClusterIssuer'), group: fc.constant('cert-manager.io') }),
  fc.record({ name, kind: fc.constant('StepIssuer'), group: fc.constant('certmanager.step.sm') }),
);
const seconds = fc.integer({ min: 1, max: 604_800 }).map((each) => ({ seconds: each, text: `${each}s` }));
const policies: fc.Arbitrary<Policy> = fc
  .record(
    { allowedIssuers: fc.array(issuer, { maxLength: 3 }), idleTimeout: seconds },
    { requiredKeys: ['allowedIssuers'] },
  )
  .map((policy) => ({ classes: new Map(), servesGateways: true, ...policy }));

describe('whatever the policy', () => {
  test('only issuers that it allows sign, and no timeout is longer than it allows', () => {
    let written = 0;
    fc.assert(
      fc.property(arbitraryRoute, policies, (manifest, policy) => {
        const route = defaulted(manifest);
        const desired = desire(observe(route), policy);
        const [placement] = desired.placements;
        assert.ok(placement);
        if (!placement.isDecided) {
          assert.ok(['IssuerNotAllowed', 'LimitExceeded'].includes(placement.reason), placement.reason);
          return;
        }
        written += 1;
        const { idleTimeout, allowedIssuers } = policy;
        assert.ok(parseSeconds(route.spec.timeouts.idle) <= (idleTimeout?.seconds ?? Number.POSITIVE_INFINITY));
        for (const { kind, spec } of desired.objects) {
          if (kind !== 'Certificate' || allowedIssuers.length === 0) continue;
          const { issuerRef } = spec as { readonly issuerRef: Issuer };
          const isAllowed = allowedIssuers.some(
            (each) =>
              each.kind === issuerRef.kind &&
              each.group === issuerRef.group &&
              ['*', issuerRef.name].includes(each.name),
          );
          assert.ok(isAllowed, JSON.stringify({ issuerRef, allowedIssuers }));
        }
      }),
      { numRuns: 200 },
    );
    assert.ok(written > 50, `${written} of 500 routes were written`);
  });

  test('a default issuer changes nothing for a route that names its certificate', () => {
    const defaultIssuer = { name: 'standard', kind: 'ClusterIssuer', group: 'cert-manager.io' };
    fc.assert(
      fc.property(arbitraryRoute, policies, (manifest, policy) => {
        const observed = observe(defaulted(manifest));
        assert.deepEqual(desire(observed, { ...policy, defaultIssuer }), desire(observed, policy));
      }),
    );
  });
});

describe('a configuration with anything in it', () => {
  const anything = fc.oneof(
    fc.constantFrom(null, 0, -1, 1.5, '', 'x', '1h', '90s', '*', ':80', 'k8s.io/ingress-nginx', '1.12', true, [], {}),
    fc.string(),
    fc.jsonValue(),
  );
  const field = fc.constantFrom(
    'workers',
    'namespaces',
    'log.level',
    'metrics.address',
    'leaderElection.retryPeriod',
    'leaderElection.namespace',
    'ingressClasses',
    'issuers',
    'issuers.default',
    'issuers.allowed',
    'limits.idleTimeout',
    'anything',
    'anything.else',
  );

  test('is either settings, or problems that name a field in one line each', () => {
    fc.assert(
      fc.property(field, anything, (path, value) => {
        const judgement = judgeConfiguration({ ...marks, ...nest(path.split('.'), value) });
        if (judgement.isValid) {
          resolveSettings(judgement.configuration);
          return;
        }
        assert.ok(judgement.problems.length > 0);
        for (const problem of judgement.problems) {
          assert.ok(problem.path.startsWith(path.split('.')[0] ?? ''), formatProblem(problem));
          assert.match(formatProblem(problem), /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{10,600}$/u);
        }
      }),
      { numRuns: 400 },
    );
  });
});

function nest([step = '', ...rest]: readonly string[], value: unknown): Readonly<Record<string, unknown>> {
  return { [step]: rest.length === 0 ? value : nest(rest, value) };
}
