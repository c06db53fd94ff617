import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../../src/api/objects.ts';
import { projectCertificate, projectIngress, projectIngressClass, projectService } from '../../../src/state/project.ts';

const owner = { apiVersion: 'wssroute.dev/v1alpha1', kind: 'WssRoute', name: 'chat', uid: 'u', controller: true };

function ingress(metadata: object, spec: object = {}, status: object = {}): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'i', namespace: 'n', ...metadata },
    spec,
    status,
  };
}

function certificate(status: object, generation = 2): KubeObject {
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'chat-wss', namespace: 'chat', generation },
    spec: { secretName: 'chat-wss', dnsNames: ['chat.example.com'] },
    status,
  };
}

const rules = [
  { host: 'a.example.com', http: { paths: [{ path: '/ws' }, { path: '/' }] } },
  { host: 'b.example.com', http: { paths: [{}] } },
  { http: { paths: [{ path: '/any' }] } },
  { host: 'c.example.com' },
];

describe('an Ingress', () => {
  test('claims every host and path of its rules, and each host as a whole', () => {
    assert.deepEqual(projectIngress(ingress({}, { ingressClassName: 'nginx', rules })).claims, [
      'nginx a.example.com /ws',
      'nginx a.example.com /',
      'nginx b.example.com /',
      'nginx  /any',
      'nginx a.example.com *',
      'nginx b.example.com *',
      'nginx  *',
      'nginx c.example.com *',
    ]);
  });

  test('claims no host as a whole where it is a guest there: a minion, a solver of cert-manager', () => {
    const minion = { annotations: { 'nginx.org/mergeable-ingress-type': 'minion' } };
    const solver = { labels: { 'acme.cert-manager.io/http01-solver': 'true' } };
    for (const [marks, others] of [
      [minion, []],
      [solver, ['nginx a.example.com ?']],
      [{ ...minion, ...solver }, []],
    ] as const) {
      const { claims } = projectIngress(ingress(marks, { ingressClassName: 'nginx', rules: rules.slice(0, 1) }));
      assert.deepEqual(claims, ['nginx a.example.com /ws', 'nginx a.example.com /', ...others]);
    }
  });

  test('is of the class that the old annotation names, where the field is missing', () => {
    const annotations = { 'kubernetes.io/ingress.class': 'legacy' };
    const [first] = projectIngress(ingress({ annotations }, { rules })).claims;
    assert.equal(first, 'legacy a.example.com /ws');
    const [other] = projectIngress(ingress({ annotations }, { ingressClassName: 'nginx', rules })).claims;
    assert.equal(other, 'nginx a.example.com /ws');
  });

  test('claims nothing as a canary, which shares host and path on purpose', () => {
    const annotations = { 'nginx.ingress.kubernetes.io/canary': 'true' };
    assert.deepEqual(projectIngress(ingress({ annotations }, { ingressClassName: 'nginx', rules })).claims, []);
    const off = { 'nginx.ingress.kubernetes.io/canary': 'false' };
    assert.equal(projectIngress(ingress({ annotations: off }, { ingressClassName: 'nginx', rules })).claims.length, 8);
  });

  test('claims nothing without rules', () => {
    assert.deepEqual(projectIngress(ingress({}, { defaultBackend: {} })).claims, []);
    assert.deepEqual(
      projectIngress({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'i' } }).claims,
      [],
    );
  });

  test('has the addresses and names that its controller has published', () => {
    const loadBalancer = { ingress: [{ ip: '192.0.2.1' }, { hostname: 'lb.example.com' }, {}] };
    assert.deepEqual(projectIngress(ingress({}, {}, { loadBalancer })).addresses, ['192.0.2.1', 'lb.example.com']);
    assert.deepEqual(projectIngress(ingress({}, {}, { loadBalancer: {} })).addresses, []);
  });

  test('is owned by the one owner that controls it', () => {
    const ownerReferences = [{ ...owner, name: 'other', controller: false }, owner];
    assert.deepEqual(projectIngress(ingress({ ownerReferences })).owner, owner);
    assert.equal(projectIngress(ingress({})).owner, undefined);
  });

  test('is applied by the operator when its server-side apply is recorded, and not by its other writes', () => {
    const fieldsV1 = {
      'f:metadata': { 'f:labels': { 'f:a': {} }, 'f:ownerReferences': { 'k:{"uid":"u"}': {} } },
      'f:spec': { 'f:rules': {} },
    };
    const entry = (manager: string, operation: string, subresource?: string) => ({
      manager,
      operation,
      fieldsV1,
      ...(subresource && { subresource }),
    });
    const applied = projectIngress(
      ingress({ managedFields: [entry('kubectl', 'Apply'), entry('wss-operator', 'Apply')] }),
    );
    assert.equal(applied.isApplied, true);
    const withoutOwner = { 'f:metadata': { 'f:labels': { 'f:a': {} } }, 'f:spec': { 'f:rules': {} } };
    assert.deepEqual(JSON.parse(applied.ownedFields), withoutOwner);
    for (const managedFields of [
      [],
      [entry('wss-operator', 'Update')],
      [entry('wss-operator', 'Apply', 'status')],
      [entry('kubectl', 'Apply')],
    ]) {
      const foreign = projectIngress(ingress({ managedFields }));
      assert.equal(foreign.isApplied, false);
      assert.equal(foreign.ownedFields, '{}');
    }
  });

  test('is kept without status and managed fields, which are most of it', () => {
    const managedFields = [{ manager: 'kubectl', operation: 'Update', fieldsV1: {} }];
    const marks = { labels: { a: 'b' }, ownerReferences: [owner] };
    const { content } = projectIngress(ingress({ managedFields, ...marks }, { rules }, { loadBalancer: {} }));
    assert.deepEqual(JSON.parse(content), { metadata: marks, spec: { rules } });
  });

  test('is kept with its content as long as it was written for a route: one that has lost its owner is known by its label', () => {
    const managedFields = [{ manager: 'wss-operator', operation: 'Apply', fieldsV1: {} }];
    const labels = { 'wssroute.dev/route': 'chat' };
    assert.deepEqual(JSON.parse(projectIngress(ingress({ managedFields, labels }, { rules })).content), {
      metadata: { labels },
      spec: { rules },
    });
  });

  test('of other people is kept with its TLS and nothing more of its content, however much that is', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': 'x'.repeat(256 * 1024) };
    const theirs = { ...owner, apiVersion: 'apps/v1', kind: 'Deployment' };
    const managedFields = [{ manager: 'wss-operator', operation: 'Apply', fieldsV1: { 'f:spec': {} } }];
    for (const marks of [{}, { ownerReferences: [theirs] }, { ownerReferences: [theirs], managedFields }]) {
      const tls = [{ hosts: ['a.example.com'], secretName: 'theirs' }];
      const projected = projectIngress(ingress({ annotations, ...marks }, { ingressClassName: 'nginx', rules, tls }));
      assert.deepEqual(JSON.parse(projected.content), { metadata: {}, spec: { tls } });
      assert.ok(JSON.stringify(projected).length < 1000, 'it is small');
      assert.equal(projected.claims.length, 8);
    }
  });
});

const issuing = {
  type: 'Issuing',
  status: 'True',
  reason: 'DoesNotExist',
  message: 'Issuing certificate as Secret does not exist',
  observedGeneration: 2,
};
const missing = {
  type: 'Ready',
  status: 'False',
  reason: 'DoesNotExist',
  message: 'Issuing certificate as Secret does not exist',
  observedGeneration: 2,
};
const ready = {
  type: 'Ready',
  status: 'True',
  reason: 'Ready',
  message: 'Certificate is up to date and has not expired',
  observedGeneration: 2,
};
const failed = {
  type: 'Issuing',
  status: 'False',
  reason: 'Failed',
  message:
    'The certificate request has failed to complete and will be retried: Failed to wait for order resource "x" to become ready',
  observedGeneration: 2,
};

describe('a Certificate', () => {
  for (const [says, conditions, state, message] of [
    ['is issuing before cert-manager has looked at it', [], 'issuing', /has not looked at the Certificate yet/],
    ['is issuing while it says so', [missing, issuing], 'issuing', /Secret does not exist/],
    ['is issued when it is ready', [ready], 'issued', /up to date/],
    [
      'is issued while it is renewed',
      [ready, { ...issuing, reason: 'Renewing', message: 'Renewing certificate' }],
      'issued',
      /up to date/,
    ],
    ['is issued after a renewal that failed, as long as it is valid', [ready, failed], 'issued', /up to date/],
    [
      'is failed when cert-manager has tried and waits',
      [missing, failed],
      'failed',
      /failed to complete and will be retried/,
    ],
    [
      'is not failed by an issuance that has ended well',
      [missing, { ...failed, reason: 'Issued' }],
      'issuing',
      /Secret does not exist/,
    ],
    ['is issuing when it tries again after a failure', [missing, issuing], 'issuing', /Secret does not exist/],
    [
      'is issuing again when it has expired',
      [{ ...ready, status: 'False', reason: 'Expired', message: 'Certificate expired on x' }],
      'issuing',
      /expired/,
    ],
    [
      'is issuing when ready speaks of an earlier generation',
      [{ ...ready, observedGeneration: 1 }],
      'issuing',
      /has not looked/,
    ],
    [
      'is issued when ready does not tell of which generation it speaks',
      [{ ...ready, observedGeneration: undefined }],
      'issued',
      /up to date/,
    ],
  ] as const) {
    test(says, () => {
      const { issuance } = projectCertificate(certificate({ conditions }));
      assert.equal(issuance.state, state);
      assert.match(issuance.message, message);
    });
  }

  test('tells which Secret, names and times it has', () => {
    const notAfter = '2026-09-01T00:00:00Z';
    const renewalTime = '2026-08-01T00:00:00Z';
    const projected = projectCertificate(certificate({ conditions: [ready], notAfter, renewalTime }));
    assert.deepEqual(
      [projected.secretName, projected.dnsNames, projected.notAfter, projected.renewalTime],
      ['chat-wss', ['chat.example.com'], notAfter, renewalTime],
    );
  });
});

describe('a Service', () => {
  test('has ports with and without names', () => {
    const spec = { ports: [{ name: 'http', port: 80 }, { port: 8080 }] };
    assert.deepEqual(projectService({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec }), {
      ports: [
        { name: 'http', port: 80, appProtocol: '' },
        { name: '', port: 8080, appProtocol: '' },
      ],
      isExternal: false,
    });
  });

  test('may be a name outside, without ports', () => {
    const spec = { type: 'ExternalName', externalName: 'chat.example.com' };
    assert.deepEqual(projectService({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec }), {
      ports: [],
      isExternal: true,
    });
  });
});

describe('an IngressClass', () => {
  test('is known by its controller', () => {
    const object = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx' } };
    assert.deepEqual(projectIngressClass({ ...object, spec: { controller: 'k8s.io/ingress-nginx' } }), {
      controller: 'k8s.io/ingress-nginx',
    });
    assert.deepEqual(projectIngressClass(object), { controller: '' });
  });
});
