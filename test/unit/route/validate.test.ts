import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatProblem } from '../../../src/api/problem.ts';
import { validateRoute } from '../../../src/route/validate.ts';

const chat = {
  apiVersion: 'wssroute.dev/v1alpha1',
  kind: 'WssRoute',
  metadata: { name: 'chat' },
  spec: {
    hosts: ['chat.example.com'],
    ingressClassName: 'nginx',
    tls: { issuerRef: { name: 'ca' } },
    paths: [{ service: { name: 'chat', port: 8080 } }],
  },
};

function listProblems(candidate: unknown): readonly string[] {
  const validation = validateRoute(candidate);
  return validation.isValid ? [] : validation.problems.map(formatProblem);
}

describe('a valid route', () => {
  test('gets every default', () => {
    const validation = validateRoute({ ...chat, spec: { ...chat.spec, verification: {}, hsts: { maxAge: '1h' } } });
    assert.deepEqual(validation.isValid && validation.route.spec, {
      hosts: ['chat.example.com'],
      ingressClassName: 'nginx',
      tls: { issuerRef: { name: 'ca', kind: 'Issuer', group: 'cert-manager.io' }, publishCA: false },
      paths: [{ service: { name: 'chat', port: 8080 }, path: '/', pathType: 'Prefix' }],
      timeouts: { idle: '1h', connect: '5s' },
      redirect: true,
      loadBalancing: 'RoundRobin',
      hsts: { maxAge: '1h', includeSubDomains: false },
      verification: { enabled: true, interval: '5m', port: 443 },
    });
  });

  test('keeps what is written instead of a default', () => {
    const validation = validateRoute({ ...chat, spec: { ...chat.spec, redirect: false, timeouts: { idle: '5m' } } });
    assert.ok(validation.isValid);
    assert.equal(validation.route.spec.redirect, false);
    assert.deepEqual(validation.route.spec.timeouts, { idle: '5m', connect: '5s' });
  });

  test('is left as it was given', () => {
    const before = structuredClone(chat);
    validateRoute(chat);
    assert.deepEqual(chat, before);
  });

  test('does not share its defaults with the next one', () => {
    const [first, second] = [validateRoute(chat), validateRoute(chat)];
    assert.ok(first.isValid && second.isValid);
    assert.notEqual(first.route.spec.timeouts, second.route.spec.timeouts);
  });

  test('may have null for a field that is left out, as the API server allows', () => {
    const spec = {
      ...chat.spec,
      timeouts: null,
      affinity: null,
      paths: [{ path: null, service: { name: 'chat', port: 80 } }],
    };
    const validation = validateRoute({ ...chat, metadata: { name: 'chat', labels: null }, spec });
    assert.ok(validation.isValid);
    assert.equal(validation.route.spec.paths[0]?.path, '/');
    assert.equal('affinity' in validation.route.spec, false);
  });

  test('is still valid when it is judged again, with its defaults and its status', () => {
    const validation = validateRoute({ ...chat, status: { conditions: [] } });
    assert.ok(validation.isValid);
    assert.deepEqual(validateRoute(validation.route), validation);
  });

  test('may carry everything that the API server puts into metadata', () => {
    const metadata = {
      name: 'chat.v2',
      namespace: 'chat',
      uid: 'u',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      deletionTimestamp: '2026-01-01T00:00:00Z',
      deletionGracePeriodSeconds: 0,
      labels: { a: 'b' },
      annotations: {},
      finalizers: ['x'],
      ownerReferences: [],
      managedFields: [],
    };
    assert.deepEqual(listProblems({ ...chat, metadata }), []);
  });
});

describe('an invalid route', () => {
  test('is told all its problems at once', () => {
    const problems = listProblems({
      ...chat,
      metadata: { name: 'Chat' },
      spec: {
        ...chat.spec,
        hosts: ['Chat.example.com', '192.0.2.1'],
        paths: [{ path: 'ws', service: { name: 'chat', port: 0 } }],
        limits: {},
        colour: 'red',
      },
    });
    assert.deepEqual(problems.map((line) => line.split(': ')[0]).sort(), [
      'metadata.name',
      'spec.colour',
      'spec.hosts[0]',
      'spec.hosts[1]',
      'spec.limits',
      'spec.paths[0].path',
      'spec.paths[0].service.port',
    ]);
  });

  test('is told what was found and what to write instead', () => {
    assert.deepEqual(listProblems({ ...chat, spec: { ...chat.spec, redirect: 'yes' } }), [
      'spec.redirect: found "yes", must be of type boolean',
    ]);
  });

  for (const candidate of [undefined, null, 'text', 5, [], [chat]]) {
    test(`may be no object at all: ${JSON.stringify(candidate)}`, () => {
      assert.match(listProblems(candidate).join(), /must be an object with apiVersion, kind, metadata and spec/);
    });
  }

  for (const metadata of [null, 'chat', [], 5]) {
    test(`may have ${JSON.stringify(metadata)} for metadata`, () => {
      assert.match(listProblems({ ...chat, metadata }).join(), /^metadata\.name: /);
    });
  }

  test('is named with the made-up fields between quotes where they are no plain words', () => {
    const problems = listProblems({ ...chat, 'x\u001b[2J\n': 1, spec: { ...chat.spec, 'a b\n': 1 } });
    assert.equal(problems.length, 2);
    assert.match(problems.join(), /"x\\u001b\[2J\\n": must be removed/);
    assert.match(problems.join(), /spec\."a b\\n": is not a known field/);
  });

  test('gains nothing by the names of what every JavaScript object has', () => {
    const spec = JSON.parse(JSON.stringify(chat.spec).replace('{', '{"__proto__":{"redirect":false},"constructor":1,'));
    assert.deepEqual(
      listProblems({ ...chat, spec }).map((line) => line.split(': ')[0]),
      ['spec.__proto__', 'spec.constructor'],
    );
  });

  test('may hold numbers that JSON does not have', () => {
    for (const port of [Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
      const paths = [{ service: { name: 'chat', port } }];
      assert.match(
        listProblems({ ...chat, spec: { ...chat.spec, paths } }).join(),
        /^spec\.paths\[0\]\.service\.port: /,
      );
    }
  });
});
