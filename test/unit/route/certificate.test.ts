import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../../src/api/objects.ts';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { emitCertificate, nameSecret } from '../../../src/route/certificate.ts';
import type { Claim } from '../../../src/route/claims.ts';
import { findIssuer, openPolicy } from '../../../src/route/policy.ts';
import { exampleRoute, plan, routeUid } from '../state/example.ts';

const issuerRef = { name: 'ca' };
const defaultIssuer = { name: 'everybodys', kind: 'ClusterIssuer', group: 'cert-manager.io' };

describe('the Certificate of a route', () => {
  test('asks for the hosts and the further names once each, and belongs to the route', () => {
    const route = exampleRoute({
      tls: { issuerRef, dnsNames: ['b.example.com', 'chat.example.com', 'a.example.com'] },
    });
    const certificate = request(route);
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
    const certificate = request(route, (claim) => claim.includes('a.example.com'));
    assert.deepEqual(specOf(certificate).dnsNames, ['b.example.com']);
  });

  test('is not made for a route that brings its certificate along or shares one', () => {
    for (const tls of [{ secretName: 'tls' }, { certificateRef: { name: 'shared' } }]) {
      assert.equal(request(exampleRoute({ tls })), undefined);
    }
  });

  test('has addresses without names for a server without a name', () => {
    const route = exampleRoute({ hosts: [], tls: { issuerRef, ipAddresses: ['192.0.2.2', '192.0.2.1'] } });
    const spec = specOf(request(route));
    assert.deepEqual(spec.ipAddresses, ['192.0.2.1', '192.0.2.2']);
    assert.equal('dnsNames' in spec, false);
  });
});

describe('the issuer of a Certificate', () => {
  test('is the one that the route names, although there is a default', () => {
    assert.deepEqual(specOf(request(exampleRoute({ tls: { issuerRef } }))).issuerRef, {
      name: 'ca',
      kind: 'Issuer',
      group: 'cert-manager.io',
    });
  });

  test('is the default one for a route that names none', () => {
    assert.deepEqual(specOf(request(exampleRoute({ tls: undefined }))).issuerRef, defaultIssuer);
    const described = specOf(request(exampleRoute({ tls: { duration: '2160h' } })));
    assert.deepEqual([described.issuerRef, described.duration], [defaultIssuer, '2160h']);
  });
});

describe('the Secret of a route', () => {
  test('is its own, or the one that it brings along', () => {
    assert.equal(nameSecret(exampleRoute()), 'chat-wss');
    assert.equal(nameSecret(exampleRoute({ tls: { secretName: 'mine' } })), 'mine');
  });
});

/** The Certificate that is requested where there is a default issuer. */
function request(route: WssRoute, isLost: (claim: Claim) => boolean = () => false): KubeObject | undefined {
  const issuer = findIssuer(route, { ...openPolicy, defaultIssuer });
  const { hosts } = plan(route, isLost);
  const source = { secretName: nameSecret(route), isCertificateReady: false, ...(issuer && { issuer }) };
  return emitCertificate(
    route,
    source,
    hosts.map(({ host }) => host),
  );
}

function specOf(certificate: KubeObject | undefined): Readonly<Record<string, unknown>> {
  assert.ok(certificate);
  return certificate.spec as Readonly<Record<string, unknown>>;
}
