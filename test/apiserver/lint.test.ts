/** `wss lint --all` against a real API server: what is read, what is told of it, and what rights it takes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { applyObjects } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { createNamespace } from '../support/routes.ts';
import { buildIngress, type IngressOptions } from '../unit/lint/example.ts';

const main = join(import.meta.dirname, '../../src/main.ts');
const timeout = 'nginx.ingress.kubernetes.io/proxy-read-timeout';
const f5 = 'nginx.org/';
const reader = 'ingress-reader';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('Ingresses of a cluster', () => {
  let rig: Rig;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    for (const name of ['team', 'blue', 'ingress']) await createNamespace(rig, name);
    await applyObjects(rig, [
      buildClass('nginx', 'nginx.org/ingress-controller'),
      buildClass('edge', 'k8s.io/ingress-nginx'),
      ...grant(reader, 'team', 'ingresses'),
    ]);
  });

  after(() => rig?.stop());

  async function lint(args: readonly string[], kubeconfig = rig.kubeconfig): Promise<Outcome> {
    const all = [main, 'lint', '--all', '--kubeconfig', kubeconfig, ...args];
    const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { code, out, err };
  }

  async function create(options: IngressOptions): Promise<void> {
    const ingress = buildIngress(options);
    await rig.client.create(`/apis/networking.k8s.io/v1/namespaces/${ingress.metadata.namespace}/ingresses`, ingress);
  }

  test('that are none are nothing wrong', async () => {
    assert.deepEqual(await lint([]), { code: 0, out: '0 errors and 0 warnings in 0 Ingresses\n', err: '' });
  });

  test('are judged by the controller of their class, whatever its name is, and by their neighbours in other namespaces', async () => {
    const named = { [`${f5}websocket-services`]: 'chat', [`${f5}proxy-read-timeout`]: '1h' };
    await create({ annotations: named });
    await create({ namespace: 'blue', name: 'late', annotations: named });
    await create({ name: 'edge', className: 'edge', host: 'edge.example.com', annotations: { [timeout]: '3600s' } });
    await create({
      name: 'mine',
      className: 'edge',
      host: 'mine.example.com',
      annotations: { 'cert-manager.io/issuer': 'ca', [timeout]: '3600' },
      tls: true,
    });
    const certificate = {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: 'own', namespace: 'team' },
      spec: { secretName: 'chat-tls', dnsNames: ['mine.example.com'], issuerRef: { name: 'ca' } },
    };
    const settings = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'ingress-nginx-controller', namespace: 'ingress' },
      data: { 'ssl-protocols': 'TLSv1.1 TLSv1.2', 'worker-shutdown-timeout': '1h' },
    };
    await applyObjects(rig, [certificate, settings]);
    const { code, out, err } = await lint([]);
    assert.deepEqual([code, err], [1, '']);
    const lines = out.trimEnd().split('\n');
    const held =
      /^error: Ingress blue\/late: spec\.rules\[0\]\.host: found "chat\.example\.com", must be no other's: Ingress team\/chat is older .*\(HostTaken\)$/;
    // Created within one second, so that their uids decide.
    const other = /^error: Ingress team\/chat: .*Ingress blue\/late is older .*\(HostTaken\)$/;
    assert.equal(lines.filter((line) => held.test(line) || other.test(line)).length, 1, out);
    for (const pattern of [
      /^error: Ingress team\/edge: .*found "3600s", .*\(TimeoutUnit\)$/m,
      /^error: Ingress team\/mine: .*Certificate own deleted.*\(CertificateTwice\)$/m,
      /^error: ConfigMap ingress\/ingress-nginx-controller: data\.ssl-protocols: .*\(OldProtocols\)$/m,
      /^4 errors and 0 warnings in 4 Ingresses$/m,
    ]) {
      assert.match(out, pattern);
    }
  });

  test('of one namespace are judged against all', async () => {
    const { out } = await lint(['-n', 'blue', '-o', 'json']);
    const { findings, ingresses } = JSON.parse(out);
    assert.equal(ingresses, 1);
    for (const { object } of findings) assert.equal(object.namespace, 'blue');
    const team = JSON.parse((await lint(['-n', 'team', '-o', 'json'])).out);
    const taken = [...findings, ...team.findings].filter(({ reason }) => reason === 'HostTaken');
    assert.equal(taken.length, 1);
  });

  test('may be those of one namespace only: what else could not be read is said', async () => {
    const kubeconfig = await rig.kubeconfigFor({ user: reader });
    await rig.access.expectDenials(async () => {
      const { code, out, err } = await lint(['-n', 'team'], kubeconfig);
      assert.equal(code, 1);
      assert.match(out, /\(TimeoutUnit\)\n/);
      assert.doesNotMatch(out, /HostTaken/);
      const notes = err.trimEnd().split('\n');
      assert.equal(notes.length, 5, err);
      assert.match(err, /^note: Ingresses of other namespaces cannot be read: /m);
      for (const kind of ['ingressclasses', 'services', 'configmaps', 'certificates']) {
        assert.match(err, new RegExp(`^note: ${kind} cannot be read \\(.*forbidden.*\\): .+$`, 'm'));
      }
    });
  });

  test('need the permission to list them', async () => {
    const kubeconfig = await rig.kubeconfigFor({ user: 'nobody' });
    await rig.access.expectDenials(async () => {
      for (const args of [[], ['-n', 'team']]) {
        const { code, out, err } = await lint(args, kubeconfig);
        assert.deepEqual([code, out], [1, '']);
        assert.match(err, /^error: Ingresses cannot be read: .*cannot list resource "ingresses".*\n$/);
      }
    });
  });

  test('are read in pages, all of them', async () => {
    await createNamespace(rig, 'many');
    const numbers = Array.from({ length: 510 }, (_, index) => index);
    const one = (index: number) =>
      create({
        namespace: 'many',
        name: `web-${index}`,
        className: 'edge',
        host: `web-${index}.example.com`,
        paths: ['/ws'],
      });
    while (numbers.length > 0) await Promise.all(numbers.splice(0, 20).map(one));
    const { out } = await lint(['-n', 'many']);
    assert.match(out, /^0 errors and 510 warnings in 510 Ingresses$/m);
    assert.equal(out.match(/\(ShortIdleTimeout\)$/gm)?.length, 510);
  });

  test('no Secret was read', () => {
    const asked = rig.audit.authorizations().filter(({ user }) => user === reader || user === 'nobody');
    assert.ok(asked.length > 0);
    assert.deepEqual(
      asked.filter(({ resource }) => resource === 'secrets'),
      [],
    );
    assert.ok(asked.every(({ verb }) => verb === 'list'));
  });
});

function buildClass(name: string, controller: string): object {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name }, spec: { controller } };
}

function grant(user: string, namespace: string, resource: string): readonly object[] {
  const metadata = { name: user, namespace };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const apiGroup = 'rbac.authorization.k8s.io';
  return [
    {
      apiVersion,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: ['networking.k8s.io'], resources: [resource], verbs: ['list'] }],
    },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'Role', name: user },
      subjects: [{ kind: 'User', name: user, apiGroup }],
    },
  ];
}
