import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type ClassPolicy,
  describeIssuer,
  findBreaches,
  findIssuer,
  isServed,
  knowsEveryController,
  openPolicy,
  type Policy,
} from '../../../src/route/policy.ts';
import { exampleRoute } from '../state/example.ts';

const group = 'cert-manager.io';
const ours = { name: 'ours', kind: 'ClusterIssuer', group };
const controller = 'k8s.io/ingress-nginx';

function breach(tls: object | undefined, policy: Partial<Policy>, timeouts = {}): readonly string[] {
  return findBreaches(exampleRoute({ tls, timeouts }), { ...openPolicy, ...policy }).map(({ reason }) => reason);
}

describe('the policy of nobody', () => {
  test('serves every class, allows every issuer and knows no default', () => {
    assert.equal(isServed(openPolicy, { ingressClassName: 'anything' }), true);
    assert.equal(knowsEveryController(openPolicy), false);
    assert.deepEqual(breach({ issuerRef: { name: 'any' } }, {}, { idle: '168h', connect: '75s' }), []);
    assert.deepEqual(breach(undefined, {}), ['IssuerMissing']);
  });
});

describe('classes', () => {
  test('that are listed are served, and no others', () => {
    const policy = { ...openPolicy, classes: new Map([['nginx', {}]]) };
    assert.equal(isServed(policy, { ingressClassName: 'nginx' }), true);
    assert.equal(isServed(policy, { ingressClassName: 'edge' }), false);
    assert.equal(isServed(policy, undefined), false);
    const parentRefs = [{ kind: 'Gateway', name: 'edge', createListener: false }] as const;
    assert.equal(isServed(policy, { parentRefs }), true);
    assert.equal(isServed({ ...policy, servesGateways: false }, { parentRefs }), false);
  });

  test('need not be read when the controller of each is told', () => {
    const told = { ...openPolicy, classes: new Map([['nginx', { controller }]]) };
    assert.equal(knowsEveryController(told), true);
    const partly = new Map<string, ClassPolicy>([...told.classes, ['edge', {}]]);
    assert.equal(knowsEveryController({ ...told, classes: partly }), false);
  });
});

describe('issuers', () => {
  test('are allowed by name, kind and group; a star stands for all of a kind', () => {
    const external = { name: 'ca', kind: 'StepIssuer', group: 'certmanager.step.sm' };
    for (const [issuerRef, allowed, reasons] of [
      [ours, ours, []],
      [{ name: 'ours' }, ours, ['IssuerNotAllowed']],
      [{ ...ours, name: 'theirs' }, ours, ['IssuerNotAllowed']],
      [{ ...ours, name: 'theirs' }, { ...ours, name: '*' }, []],
      [{ name: 'own', kind: 'Issuer' }, { ...ours, name: '*' }, ['IssuerNotAllowed']],
      [external, { ...external, name: '*' }, []],
      [external, { ...external, group: 'example.com' }, ['IssuerNotAllowed']],
    ] as const) {
      assert.deepEqual(
        breach({ issuerRef }, { allowedIssuers: [allowed] }),
        reasons,
        JSON.stringify([issuerRef, allowed]),
      );
    }
  });

  test('are nothing to a route that brings its certificate along or shares one', () => {
    for (const tls of [{ secretName: 'tls' }, { certificateRef: { name: 'shared' } }]) {
      const policy = { ...openPolicy, allowedIssuers: [ours], defaultIssuer: ours };
      assert.deepEqual(breach(tls, policy), []);
      assert.equal(findIssuer(exampleRoute({ tls }), policy), undefined);
    }
  });

  test('are described with the group where it is not cert-manager\u2019s', () => {
    assert.equal(describeIssuer(ours), 'ClusterIssuer ours');
    assert.equal(describeIssuer({ ...ours, kind: 'StepIssuer', group: 'step.sm' }), 'StepIssuer.step.sm ours');
  });
});

describe('limits', () => {
  const limit = { idleTimeout: { seconds: 3600, text: '60m' }, connectTimeout: { seconds: 5, text: '5s' } };

  test('are kept by what is equal, however it is written', () => {
    assert.deepEqual(breach(undefined, { ...limit, defaultIssuer: ours }, { idle: '3600s', connect: '5s' }), []);
  });

  test('are all told at once, in words that name the greatest value', () => {
    const breaches = findBreaches(exampleRoute({ tls: undefined, timeouts: { idle: '1h1s', connect: '6s' } }), {
      ...openPolicy,
      ...limit,
    });
    assert.deepEqual(
      breaches.map(({ reason, path }) => `${reason} ${path}`),
      ['IssuerMissing spec.tls.issuerRef', 'LimitExceeded spec.timeouts.idle', 'LimitExceeded spec.timeouts.connect'],
    );
    assert.match(breaches[1]?.expected ?? '', /must be at most 60m/);
  });
});
