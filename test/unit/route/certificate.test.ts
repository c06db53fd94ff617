import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../../src/api/objects.ts';
import { emitCertificate, nameSecret } from '../../../src/route/certificate.ts';
import { planRoute } from '../../../src/route/plan.ts';
import { exampleRoute, routeUid } from '../state/example.ts';

const issuerRef = { name: 'ca' };

describe('the Certificate of a route', () => {
  test('asks for the hosts and the further names once each, and belongs to the route', () => {
    const route = exampleRoute({
      tls: { issuerRef, dnsNames: ['b.example.com', 'chat.example.com', 'a.example.com'] },
    });
    const certificate = emitCertificate(planRoute(route, nameSecret(route), () => false));
    const spec = specOf(certificate);
    assert.deepEqual(spec.dnsNames, ['a.example.com', 'b.example.com', 'chat.example.com']);
    assert.equal('commonName' in spec, false);
    assert.deepEqual(
      certificate?.metadata.ownerReferences?.map(({ uid, controller }) => [uid, controller]),
      [[routeUid, true]],
    );
  });

  test('does not ask for hosts that are another route\u2019s', () => {
    const route = exampleRoute({ hosts: ['a.example.com', 'b.example.com'] });
    const certificate = emitCertificate(planRoute(route, 'tls', (claim) => claim.includes('a.example.com')));
    assert.deepEqual(specOf(certificate).dnsNames, ['b.example.com']);
  });

  test('is not made for a route that brings its certificate along, shares one, or serves nothing', () => {
    for (const tls of [{ secretName: 'tls' }, { certificateRef: { name: 'shared' } }]) {
      assert.equal(emitCertificate(planRoute(exampleRoute({ tls }), 'tls', () => false)), undefined);
    }
    assert.equal(emitCertificate(planRoute(exampleRoute(), 'tls', () => true)), undefined);
  });

  test('has addresses without names for a server without a name', () => {
    const route = exampleRoute({ hosts: [], tls: { issuerRef, ipAddresses: ['192.0.2.2', '192.0.2.1'] } });
    const spec = specOf(emitCertificate(planRoute(route, 'tls', () => false)));
    assert.deepEqual(spec.ipAddresses, ['192.0.2.1', '192.0.2.2']);
    assert.equal('dnsNames' in spec, false);
  });
});

describe('the Secret of a route', () => {
  test('is its own, or the one that it brings along', () => {
    assert.equal(nameSecret(exampleRoute()), 'chat-wss');
    assert.equal(nameSecret(exampleRoute({ tls: { secretName: 'mine' } })), 'mine');
  });
});

function specOf(certificate: KubeObject | undefined): Readonly<Record<string, unknown>> {
  assert.ok(certificate);
  return certificate.spec as Readonly<Record<string, unknown>>;
}
