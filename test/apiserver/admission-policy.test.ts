import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { rootCertificates } from 'node:tls';
import type { ApiObject } from '../support/admin-client.ts';
import { chartDirectory, helm } from '../support/helm.ts';
import { runKubectl } from '../support/kubectl.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { createNamespace } from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { goldenObjects } from './golden-routes.ts';

const tenant = 'tenant';
const account = 'system:serviceaccount:wss-system:wss-operator';
const owner = {
  apiVersion: 'wssroute.dev/v1alpha1',
  kind: 'WssRoute',
  name: 'chat',
  uid: '2f6e5d2c-0d1a-4c8e-9d8e-2f1f0a3b4c5d',
  controller: true,
  blockOwnerDeletion: true,
};

let rig: Rig;

before(async () => {
  rig = await startRig({ parts: [], installCertManagerCrds: true });
  await createNamespace(rig, 'wss-system');
  await createNamespace(rig, tenant);
  await rig.apply(readFileSync(new URL('../../crds/wssroutes.yaml', import.meta.url), 'utf8'));
  const set = ['admissionPolicy.enabled=true', 'crds.enabled=false'].flatMap((value) => ['--set', value]);
  await rig.apply(await helm(['template', 'wss-operator', chartDirectory, '--namespace', 'wss-system', ...set]));
  await waitUntil(
    async () => {
      const answers = await Promise.all([
        write(change(ingress('probe'), { annotations: { a: 'b' } }), { isDry: true }),
        write(change(certificate('probe'), { spec: { commonName: 'x' } }), { isDry: true }),
        write(configMap('probe', {}), { isDry: true }),
      ]);
      return answers.every((answer) => answer !== 'written');
    },
    { what: 'the policies to be in force', timeoutMs: 30_000 },
  );
});

after(() => rig?.stop());

describe('the admission policies', () => {
  test('let everything through that the operator writes: every golden object', async () => {
    const written = goldenObjects.filter(({ object }) => object.kind === 'Ingress' || object.kind === 'Certificate');
    const items = written.map(({ object }, index) => own(object, `golden-${index}`));
    assert.ok(items.length > 60, `${items.length} objects`);
    assert.equal(await write({ apiVersion: 'v1', kind: 'List', items }), 'written');
    assert.equal(await write({ apiVersion: 'v1', kind: 'List', items }), 'written', 'a second time');
    assert.equal(await remove('ingress', 'golden-1').catch(String), '');
  });

  const refused: readonly (readonly [string, () => ApiObject, RegExp])[] = [
    ['a snippet', () => annotate('configuration-snippet', 'return 200;'), /annotations .*configuration-snippet/],
    ['a backend that nobody verifies', () => annotate('proxy-ssl-verify', 'off'), /proxy-ssl-verify/],
    ['ciphers that no profile has', () => annotate('ssl-ciphers', 'ALL:@SECLEVEL=0'), /ssl-ciphers/],
    ['another known annotation of nginx', () => annotate('rewrite-target', '/'), /rewrite-target/],
    ['text where a number belongs', () => annotate('proxy-read-timeout', '60;'), /proxy-read-timeout/],
    ['a line break after a number', () => annotate('proxy-read-timeout', '60\n'), /proxy-read-timeout/],
    ['a variable of nginx', () => annotate('upstream-hash-by', '$http_x'), /upstream-hash-by/],
    [
      'an annotation of nobody',
      () => change(ingress('bad'), { annotations: { 'example.com/a': 'b' } }),
      /example.com\/a/,
    ],
    ['an Ingress of nobody', () => change(ingress('bad'), { labels: {}, ownerReferences: [] }), /of a WssRoute/],
    ['an Ingress that no route owns', () => change(ingress('bad'), { ownerReferences: [] }), /of a WssRoute/],
    ['an Ingress without TLS', () => change(ingress('bad'), { spec: { tls: undefined } }), /tls/],
    ['a default backend', () => change(ingress('bad'), { spec: { defaultBackend: backend } }), /no defaultBackend/],
    ['a path with a space', () => change(ingress('bad'), { spec: { rules: rule('/a b', 'Exact') } }), /plain paths/],
    [
      'a regular expression',
      () => change(ingress('bad'), { spec: { rules: rule('/a', 'ImplementationSpecific') } }),
      /plain/,
    ],
    [
      'a certificate with a subject',
      () => change(certificate('bad'), { spec: { commonName: 'x' } }),
      /spec.commonName/,
    ],
    ['a certificate authority', () => change(certificate('bad'), { spec: { isCA: true } }), /spec.isCA/],
    [
      'a certificate for clients',
      () => change(certificate('bad'), { spec: { usages: ['client auth'] } }),
      /servers only/,
    ],
    [
      'a keystore',
      () => change(certificate('bad'), { spec: { keystores: { jks: { create: true, password: 'x' } } } }),
      /spec.keystores/,
    ],
    [
      'a label on the Secret, by which others could be made to read it',
      () => change(certificate('bad'), { spec: { secretTemplate: { labels: { a: 'b' } } } }),
      /spec.secretTemplate/,
    ],
    ['a ConfigMap of another name', () => configMap('coredns', { 'ca.crt': root }), /<route>-wss-ca/],
    ['another key', () => configMap('bad-wss-ca', { 'ca.crt': root, Corefile: 'x' }), /certificates to ca\.crt/],
    ['what is no certificate', () => configMap('bad-wss-ca', { 'ca.crt': `${root}words` }), /certificates to ca\.crt/],
    [
      'a private key',
      () => configMap('bad-wss-ca', { 'ca.crt': root.replaceAll('CERTIFICATE', 'PRIVATE KEY') }),
      /certificates to ca\.crt/,
    ],
    [
      'binary data',
      () => ({ ...configMap('bad-wss-ca', { 'ca.crt': root }), binaryData: { x: 'eA==' } }),
      /binaryData/,
    ],
    [
      'a ConfigMap that no route owns',
      () => change(configMap('bad-wss-ca', { 'ca.crt': root }), { ownerReferences: [] }),
      /of a WssRoute/,
    ],
  ];
  for (const [title, build, words] of refused) {
    test(`refuse ${title}`, async () => {
      assert.match(await write(build()), words);
    });
  }

  test('let a route’s authority through, and its change beside what others have put there', async () => {
    assert.equal(await write(configMap('chat-wss-ca', { 'ca.crt': root })), 'written');
    const data = { data: { 'ca.crt': 'forged', other: 'kept' } };
    await rig.client.patch(`/api/v1/namespaces/${tenant}/configmaps/chat-wss-ca`, data);
    assert.equal(await write(configMap('chat-wss-ca', { 'ca.crt': `${root}${root}` })), 'written');
    assert.equal(await remove('configmap', 'chat-wss-ca').catch(String), '');
    await rig.apply(
      JSON.stringify({ ...configMap('theirs-wss-ca', {}), metadata: { namespace: tenant, name: 'theirs-wss-ca' } }),
    );
    assert.match(await write(configMap('theirs-wss-ca', { 'ca.crt': root })), /of a WssRoute/);
    assert.match(await remove('configmap', 'theirs-wss-ca').catch(String), /of a WssRoute/);
  });

  test('leave alone what others have added, and refuse what they have made', async () => {
    const mine = ingress('shared');
    assert.equal(await write(mine), 'written');
    await rig.kubectl('annotate', '-n', tenant, 'ingress', 'shared', 'nginx.ingress.kubernetes.io/server-snippet=a');
    assert.equal(await write(annotate('proxy-read-timeout', '120', 'shared')), 'written');
    assert.match(await write(annotate('server-snippet', 'b', 'shared')), /server-snippet/);

    const theirs = { ...ingress('theirs'), metadata: { namespace: tenant, name: 'theirs' } };
    await rig.apply(JSON.stringify(theirs));
    assert.match(await write(ingress('theirs')), /of a WssRoute/);
    assert.match(await remove('ingress', 'theirs').catch(String), /of a WssRoute/);
  });

  test('do not concern anybody else', async () => {
    const object = annotate('configuration-snippet', 'return 200;', 'free');
    await rig.apply(JSON.stringify({ ...object, metadata: { ...object.metadata, labels: {}, ownerReferences: [] } }));
  });
});

/** A public root, as OpenSSL writes it. */
const root = String(new X509Certificate(rootCertificates[0] ?? ''));
const backend = { service: { name: 'chat', port: { number: 80 } } };

function rule(path: string, pathType: string): readonly ApiObject[] {
  return [{ host: 'chat.example.com', http: { paths: [{ path, pathType, backend }] } }];
}

function ingress(name: string): ApiObject {
  const tls = [{ hosts: ['chat.example.com'], secretName: 'chat' }];
  const spec = { ingressClassName: 'nginx', tls, rules: rule('/ws', 'Prefix') };
  return own({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: {}, spec }, name);
}

function certificate(name: string): ApiObject {
  const issuerRef = { name: 'ca', kind: 'ClusterIssuer', group: 'cert-manager.io' };
  const spec = { secretName: 'chat', dnsNames: ['chat.example.com'], issuerRef, usages: ['server auth'] };
  return own({ apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: {}, spec }, name);
}

function configMap(name: string, data: Readonly<Record<string, string>>): ApiObject {
  return own({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data }, name);
}

/** As the operator writes it, in the namespace of the test. */
function own(object: ApiObject, name: string): ApiObject {
  const labels = { 'app.kubernetes.io/managed-by': 'wss-operator', 'wssroute.dev/route': 'chat' };
  const { annotations } = object.metadata;
  const metadata = { name, namespace: tenant, labels, ownerReferences: [owner], ...(annotations && { annotations }) };
  return { ...object, metadata };
}

function change(object: ApiObject, { spec, ...metadata }: ApiObject): ApiObject {
  const changed = { ...object, metadata: { ...object.metadata, ...metadata } };
  return spec === undefined ? changed : { ...changed, spec: { ...object.spec, ...spec } };
}

function annotate(name: string, value: string, object = 'bad'): ApiObject {
  return change(ingress(object), { annotations: { [`nginx.ingress.kubernetes.io/${name}`]: value } });
}

/** Applies as the operator's account; `written`, or what the API server says against it. */
async function write(object: ApiObject, { isDry = false } = {}): Promise<string> {
  const user = ['--as', account, '--as-group', 'system:serviceaccounts'];
  const mode = ['--server-side', '--force-conflicts', '--field-manager=wss-operator', '--validate=false'];
  try {
    const args = ['apply', ...user, ...mode, ...(isDry ? ['--dry-run=server'] : []), '-f', '-'];
    await runKubectl(rig.kubeconfig, args, JSON.stringify(object));
    return 'written';
  } catch (error) {
    return String(error);
  }
}

/** Deletes as the operator's account. */
async function remove(kind: string, name: string): Promise<string> {
  await rig.kubectl('delete', '--as', account, '-n', tenant, kind, name);
  return '';
}
