import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judgeConfiguration } from '../../../src/config/judge.ts';
import { resolveSettings, type Settings } from '../../../src/config/settings.ts';

function resolve(fields: object): Settings {
  const judgement = judgeConfiguration({
    apiVersion: 'config.wssroute.dev/v1alpha1',
    kind: 'OperatorConfiguration',
    ...fields,
  });
  assert.ok(judgement.isValid);
  return resolveSettings(judgement.configuration);
}

describe('settings', () => {
  test('of nothing are the defaults, and a policy that allows everything', () => {
    assert.deepEqual(resolve({}), {
      namespaces: [],
      workers: 16,
      logLevel: 'info',
      metrics: { address: ':8080', perRoute: false },
      health: { address: ':8081' },
      verification: { enabled: true, concurrency: 32, perSecond: 50, minIntervalMs: 60_000 },
      leaderElection: {
        enabled: true,
        name: 'wss-operator',
        namespace: '',
        leaseDurationMs: 15_000,
        renewDeadlineMs: 10_000,
        retryPeriodMs: 2_000,
      },
      policy: { classes: new Map(), servesGateways: true, allowedIssuers: [] },
    });
  });

  test('serve Gateways where nothing is restricted, or where the configuration says so', () => {
    const ingressClasses = [{ name: 'nginx' }];
    const cases = [
      [{}, true],
      [{ gatewayAPI: { enabled: false } }, false],
      [{ namespaces: ['a'] }, false],
      [{ ingressClasses }, false],
      [{ namespaces: ['a'], ingressClasses }, false],
      [{ ingressClasses, gatewayAPI: {} }, false],
      [{ ingressClasses, gatewayAPI: { enabled: true } }, true],
      [{ namespaces: ['a'], ingressClasses, gatewayAPI: { enabled: true } }, true],
    ] as const;
    for (const [fields, served] of cases) {
      assert.equal(resolve(fields).policy.servesGateways, served, JSON.stringify(fields));
    }
  });

  test('carry the policy in the units of the program', () => {
    const { policy, namespaces } = resolve({
      namespaces: ['b', 'a'],
      ingressClasses: [{ name: 'nginx', controller: 'k8s.io/ingress-nginx', version: 'v1.12' }, { name: 'edge' }],
      issuers: { default: { name: 'ca' }, allowed: [{ name: '*' }] },
      limits: { idleTimeout: '1h30m', connectTimeout: '1m' },
    });
    const group = 'cert-manager.io';
    assert.deepEqual(namespaces, ['a', 'b']);
    assert.deepEqual(policy, {
      servesGateways: false,
      classes: new Map([
        ['nginx', { controller: 'k8s.io/ingress-nginx', version: { major: 1, minor: 12, patch: 0 } }],
        ['edge', {}],
      ]),
      defaultIssuer: { name: 'ca', kind: 'ClusterIssuer', group },
      allowedIssuers: [{ name: '*', kind: 'ClusterIssuer', group }],
      idleTimeout: { seconds: 5400, text: '1h30m' },
      connectTimeout: { seconds: 60, text: '1m' },
    });
  });
});
