import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { backendsOf, describeBalancing } from '../../../src/route/balancing.ts';
import { exampleRoute } from '../state/example.ts';

function describeSpec(changes: object): string {
  return describeBalancing(exampleRoute(changes));
}

describe('the balancing of two routes', () => {
  for (const [says, one, other] of [
    ['nothing and what is the default', {}, { affinity: { type: 'None' }, loadBalancing: 'RoundRobin' }],
    [
      'a cookie and the same with its name written out',
      { affinity: { type: 'Cookie' } },
      { affinity: { type: 'Cookie', cookie: { name: 'WSSROUTE' } } },
    ],
    [
      'one age in two spellings',
      { affinity: { type: 'Cookie', cookie: { maxAge: '1h' } } },
      { affinity: { type: 'Cookie', cookie: { maxAge: '60m' } } },
    ],
    [
      'affinity, which replaces the balancing',
      { affinity: { type: 'SourceIP' } },
      { affinity: { type: 'SourceIP' }, loadBalancing: 'LeastConnections' },
    ],
  ] as const) {
    test(`is the same for ${says}`, () => assert.equal(describeSpec(one), describeSpec(other)));
  }

  test('differs for everything that ingress-nginx sets up differently', () => {
    const ways = [
      {},
      { loadBalancing: 'LeastConnections' },
      { affinity: { type: 'SourceIP' } },
      { affinity: { type: 'Cookie' } },
      { affinity: { type: 'Cookie', cookie: { name: 'A' } } },
      { affinity: { type: 'Cookie', cookie: { name: 'A', maxAge: '1h' } } },
    ];
    assert.equal(new Set(ways.map(describeSpec)).size, ways.length);
  });
});

describe('the backends of a route', () => {
  test('are each Service and port once, in its class and namespace', () => {
    const paths = [
      { path: '/a', service: { name: 'chat', port: 80 } },
      { path: '/b', service: { name: 'chat', port: 80 } },
      { path: '/c', service: { name: 'chat', port: 'http' } },
    ];
    assert.deepEqual(backendsOf(exampleRoute({ paths })), ['nginx chat/chat:80', 'nginx chat/chat:http']);
  });
});
