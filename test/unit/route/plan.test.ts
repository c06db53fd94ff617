import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { exampleRoute, plan } from '../state/example.ts';

const everything = {
  hosts: ['b.example.com', 'a.example.com'],
  timeouts: { idle: '2h', connect: '7s' },
  redirect: false,
  affinity: { type: 'Cookie', cookie: { maxAge: '1m' } },
  loadBalancing: 'LeastConnections',
  limits: { connectionsPerClient: 1, handshakesPerSecond: 2, burst: 3 },
  allowedSources: ['192.0.2.0/24', '10.0.0.0/8'],
  hsts: { maxAge: '1h' },
  allowedOrigins: ['https://b.example.com', 'https://a.example.com'],
  tls: { secretName: 'tls', profile: 'Modern' },
  paths: [{ service: { name: 'chat', port: 80 }, backendTLS: { serverName: 'chat.internal' } }],
};

describe('the plan of a route', () => {
  test('has every feature that is asked for, in plain units', () => {
    assert.deepEqual(plan(exampleRoute(everything)).features, {
      idleTimeout: 7200,
      connectTimeout: 7,
      redirect: false,
      cookieAffinity: { name: 'WSSROUTE', maxAgeSeconds: 60 },
      leastConnections: true,
      connectionsPerClient: 1,
      handshakesPerSecond: 2,
      handshakeBurst: 3,
      allowedSources: ['10.0.0.0/8', '192.0.2.0/24'],
      hsts: { maxAgeSeconds: 3600, includeSubDomains: false },
      allowedOrigins: ['https://a.example.com', 'https://b.example.com'],
      tlsProfile: 'Modern',
      backendTLS: true,
    });
  });

  test('has no feature that is not asked for', () => {
    assert.deepEqual(plan(exampleRoute()).features, {
      idleTimeout: 3600,
      connectTimeout: 5,
      redirect: true,
    });
  });

  test('leaves out the paths that are another\u2019s, and hosts that have none left', () => {
    const paths = ['/b', '/a'].map((path) => ({ path, service: { name: 'chat', port: 80 } }));
    const route = exampleRoute({ hosts: ['b.example.com', 'a.example.com'], paths });
    const lost = new Set(['nginx a.example.com /a', 'nginx a.example.com /b', 'nginx b.example.com /a']);
    const { hosts } = plan(route, (claim) => lost.has(claim));
    assert.deepEqual(
      hosts.map(({ host, paths: left }) => [host, left.map(({ path }) => path)]),
      [['b.example.com', ['/b']]],
    );
  });
});
