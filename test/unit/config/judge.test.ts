import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatProblem } from '../../../src/api/problem.ts';
import { judgeConfiguration } from '../../../src/config/judge.ts';
import type { Configuration } from '../../../src/config/schema.ts';

const marks = { apiVersion: 'config.wssroute.dev/v1alpha1', kind: 'OperatorConfiguration' };

/** The problems of a configuration with these fields, a line each. */
function complain(fields: object): readonly string[] {
  const judgement = judgeConfiguration({ ...marks, ...fields });
  return judgement.isValid ? [] : judgement.problems.map(formatProblem);
}

function accept(fields: object): Configuration {
  const judgement = judgeConfiguration({ ...marks, ...fields });
  assert.ok(judgement.isValid, judgement.isValid ? '' : judgement.problems.map(formatProblem).join('; '));
  return judgement.configuration;
}

describe('a configuration', () => {
  test('that says nothing has every default', () => {
    assert.deepEqual(accept({}), {
      ...marks,
      namespaces: [],
      workers: 16,
      log: { level: 'info' },
      metrics: { address: ':8080', perRoute: false },
      health: { address: ':8081' },
      verification: { enabled: true, concurrency: 32, perSecond: 50, minInterval: '1m' },
      leaderElection: {
        enabled: true,
        name: 'wss-operator',
        namespace: '',
        leaseDuration: '15s',
        renewDeadline: '10s',
        retryPeriod: '2s',
      },
      ingressClasses: [],
      gatewayAPI: {},
      issuers: { allowed: [] },
      limits: {},
    });
  });

  test('fills in the rest of what is given in part', () => {
    const { metrics, issuers } = accept({ metrics: { perRoute: true }, issuers: { default: { name: 'ca' } } });
    assert.deepEqual(metrics, { address: ':8080', perRoute: true });
    assert.deepEqual(issuers.default, { name: 'ca', kind: 'ClusterIssuer', group: 'cert-manager.io' });
  });

  test('takes a null for a field that is left out, as kubectl does', () => {
    assert.deepEqual(accept({ namespaces: null, log: null, issuers: { default: null } }), accept({}));
  });

  test('is not changed by being judged', () => {
    const given = { ...marks, log: {} };
    judgeConfiguration(given);
    assert.deepEqual(given, { ...marks, log: {} });
  });
});

describe('a mistake is told with the field, what was found and what to write', () => {
  const mistakes: readonly (readonly [object, ...string[]])[] = [
    [{ kind: 'Operator' }, 'kind: found "Operator", must be "OperatorConfiguration"'],
    [{ apiVersion: undefined }, 'apiVersion: is missing and required'],
    [{ worker: 4 }, 'worker: is not a known field: did you mean workers?'],
    [{ log: { lvl: 'info' } }, 'log.lvl: is not a known field: did you mean level?'],
    [
      { leaderElection: { leaseduration: '5s' } },
      'leaderElection.leaseduration: is not a known field: did you mean leaseDuration?',
    ],
    [{ health: { colour: 'red' } }, 'health.colour: is not a known field: must be one of address'],
    [{ workers: 0 }, 'workers: found 0, must be from 1 to 64'],
    [{ workers: '16' }, 'workers: found "16", must be of type integer'],
    [{ log: 'debug' }, 'log: found "debug", must be of type object'],
    [{ log: { level: 'trace' } }, 'log.level: found "trace", must be one of "debug", "info", "warn", "error"'],
    [{ metrics: { perRoute: 'yes' } }, 'metrics.perRoute: found "yes", must be of type boolean'],
    [
      { metrics: { address: 8080 } },
      'metrics.address: found 8080, must be ":8080", "127.0.0.1:8080" or "[::1]:8080", or "0" for none',
    ],
    [{ namespaces: 'chat' }, 'namespaces: found "chat", must be of type array'],
    [
      { namespaces: ['chat', 'Chat'] },
      'namespaces[1]: found "Chat", must be lowercase letters, digits and "-", at most 63 characters',
    ],
    [{ namespaces: ['chat', 'chat'] }, 'namespaces[1]: found "chat", must be listed once only'],
    [{ ingressClasses: [{ controller: 'k8s.io/ingress-nginx' }] }, 'ingressClasses[0].name: is missing and required'],
    [
      { ingressClasses: [{ name: 'a', controller: 'nginx' }] },
      'ingressClasses[0].controller: found "nginx", must be one of "k8s.io/ingress-nginx", "nginx.org/ingress-controller"',
    ],
    [
      { ingressClasses: [{ name: 'a', version: 1.1 }] },
      'ingressClasses[0].version: found 1.1, must be a version in quotes, such as "1.12" or "1.12.3": without quotes, YAML reads 1.10 as the number 1.1',
    ],
    [{ ingressClasses: [{ name: 'a' }, { name: 'a' }] }, 'ingressClasses[1].name: found "a", must be listed once only'],
    [
      { issuers: { default: { name: 'ca', kind: 'StepIssuer' } } },
      'issuers.default.kind: found "StepIssuer", must be ClusterIssuer or Issuer; for an external issuer set group to its API group as well',
    ],
    [
      { issuers: { default: { name: 'ca' }, allowed: [{ name: 'other' }, { name: '*', kind: 'Issuer' }] } },
      'issuers.default: found "ClusterIssuer ca", must be one of issuers.allowed: ClusterIssuer other, Issuer *',
    ],
    [
      { issuers: { default: { name: '*' } } },
      'issuers.default.name: found "*", must be lowercase letters, digits, "-" and ".", at most 253 characters',
    ],
    [
      { limits: { idleTimeout: '1.5h' } },
      'limits.idleTimeout: found "1.5h", must be hours, minutes and seconds in this order, such as 1h, 30m or 90s',
    ],
    [{ limits: { idleTimeout: '200h' } }, 'limits.idleTimeout: found "200h", must be from 1s to 168h'],
    [{ limits: { connectTimeout: '0s' } }, 'limits.connectTimeout: found "0s", must be from 1s to 75s'],
    [{ verification: { minInterval: '9s' } }, 'verification.minInterval: found "9s", must be from 10s to 24h'],
    [{ verification: { concurrency: 65 } }, 'verification.concurrency: found 65, must be from 1 to 64'],
    [
      { leaderElection: { leaseDuration: '10s' } },
      'leaderElection.renewDeadline: found "10s", must be shorter than leaderElection.leaseDuration, which is 10s',
    ],
    [
      { leaderElection: { retryPeriod: '9s' } },
      'leaderElection.renewDeadline: found "10s", must be longer than 1.2 times leaderElection.retryPeriod, which is 9s',
    ],
    [
      { namespaces: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], gatewayAPI: { enabled: true } },
      'namespaces: found 7 namespaces, must have at most 6 with gatewayAPI.enabled: list fewer, watch all, or set it to false',
    ],
    [{ leaderElection: { retryPeriod: '0s' } }, 'leaderElection.retryPeriod: found "0s", must be from 1s to 24h'],
  ];
  for (const [fields, ...lines] of mistakes) {
    test(lines.join('; ').slice(0, 90), () => assert.deepEqual(complain(fields), lines));
  }

  test('all of them at once, those between fields as well', () => {
    assert.deepEqual(complain({ workers: 0, log: { level: 'x' }, leaderElection: { renewDeadline: '1m' } }), [
      'workers: found 0, must be from 1 to 64',
      'log.level: found "x", must be one of "debug", "info", "warn", "error"',
      'leaderElection.renewDeadline: found "1m", must be shorter than leaderElection.leaseDuration, which is 15s',
    ]);
  });

  test('1.2 times the retry period is the bound itself: client-go wants more', () => {
    assert.deepEqual(complain({ leaderElection: { renewDeadline: '6s', retryPeriod: '5s' } }), [
      'leaderElection.renewDeadline: found "6s", must be longer than 1.2 times leaderElection.retryPeriod, which is 5s',
    ]);
    assert.deepEqual(complain({ leaderElection: { renewDeadline: '7s', retryPeriod: '5s' } }), []);
  });
});
