import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { findFlaw } from '../../../src/probe/target.ts';
import { findProofs, type Proof } from '../../../src/route/proof.ts';
import { exampleRoute } from '../state/example.ts';

function findProof(route: WssRoute): Proof {
  const [proof] = findProofs(route);
  assert.ok(proof);
  return proof;
}

function published(spec: object = {}, addresses: readonly string[] = ['192.0.2.10', '192.0.2.11']): WssRoute {
  return { ...exampleRoute(spec), status: { addresses, conditions: [] } };
}

const plain = {
  host: 'chat.example.com',
  port: 443,
  path: '/ws',
  connect: { address: '192.0.2.10', port: 443 },
  isPinged: false,
};

suite('the handshake that proves a route', () => {
  for (const [what, spec, changes] of [
    ['goes to the first address', {}, {}],
    [
      'brings an Origin along that the route allows',
      { allowedOrigins: ['https://a', 'https://b'] },
      { origin: 'https://a' },
    ],
    ['leaves wildcards out', { hosts: ['*.example.com', 'b.example.com'] }, { host: 'b.example.com' }],
    [
      'is as spec.verification says',
      {
        hosts: ['*.example.com'],
        verification: {
          ...{ host: 'a.example.com', path: '/live', port: 8443 },
          ...{ origin: 'https://app.example.com', subprotocols: ['chat.v1'] },
        },
      },
      {
        ...{ host: 'a.example.com', path: '/live', port: 8443, connect: { address: '192.0.2.10', port: 8443 } },
        ...{ origin: 'https://app.example.com', subprotocols: ['chat.v1'] },
      },
    ],
    ['is found whether the route wants to be proved or not', { verification: { enabled: false } }, {}],
  ] as const) {
    test(what, () => {
      const { target } = findProof(published(spec));
      assert.deepEqual(target, { ...plain, ...changes });
      assert.equal(target && findFlaw(target), undefined);
    });
  }

  test('is one for each host and path', () => {
    const paths = ['/a', '/b'].map((path) => ({ path, pathType: 'Prefix' as const, service: { name: 's', port: 1 } }));
    const proofs = findProofs(published({ hosts: ['x.example.com', 'y.example.com'], paths }));
    assert.deepEqual(
      proofs.map(({ target }) => `${target?.host}${target?.path}`),
      ['x.example.com/a', 'y.example.com/a', 'x.example.com/b'],
    );
  });

  test('goes to an address of the certificate where the route has no hosts', () => {
    const { spec, ...rest } = published();
    const { hosts: _, ...hostless } = spec;
    const route: WssRoute = { ...rest, spec: { ...hostless, tls: { ...spec.tls, ipAddresses: ['192.0.2.10'] } } };
    assert.equal(findProof(route).target?.host, '192.0.2.10');
    const bare: WssRoute = { ...rest, spec: hostless };
    assert.match(findProof(bare).because ?? '', /has no host: set spec\.verification\.host/);
  });

  test('is none while no address is published', () => {
    assert.match(findProof(published({}, [])).because ?? '', /no address is published/);
    assert.match(findProof(exampleRoute()).because ?? '', /no address is published/);
  });

  test('is none for wildcards alone', () => {
    const { because } = findProof(published({ hosts: ['*.example.com'] }));
    assert.match(because ?? '', /wildcard hosts only: set spec\.verification\.host/);
  });
});
