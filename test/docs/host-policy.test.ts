import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ApiObject } from '../support/admin-client.ts';
import { waitUntilEstablished } from '../support/established.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, createNamespace, routePath } from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { listSamples, root } from './markdown.ts';
import { openShell } from './shell.ts';

/** The policy in the security section of deploy/README.md, as it stands there. */

let rig: Rig;

before(async () => {
  rig = await startRig({ parts: [] });
  await rig.kubectl('apply', '--server-side', '-f', join(root, 'crds/wssroutes.yaml'));
  await waitUntilEstablished(rig);
  for (const name of ['team-a', 'team-b']) await createNamespace(rig, name);
  assert.equal(await ask('team-a', { hosts: ['bank.example.com'] }, { name: 'from-before', isDry: false }), 'taken');
  const policy = listSamples('deploy/README.md').find(({ text }) => text.includes('name: wssroute-hosts'));
  assert.ok(policy, 'deploy/README.md shows no policy for hosts');
  await rig.apply(policy.text);
  const { sh } = await openShell(rig);
  await sh('kubectl annotate namespace team-a platform.example.com/hosts=team-a.example.com,chat.example.org');
  await waitUntil(async () => (await ask('team-a', { hosts: ['bank.example.com'] })) !== 'taken', {
    what: 'the policy to be in force',
    timeoutMs: 30_000,
  });
  await waitUntil(async () => (await ask('team-a', { hosts: ['team-a.example.com'] })) === 'taken', {
    what: 'the annotation to be known',
    timeoutMs: 30_000,
  });
});

after(() => rig?.stop());

const tls = { issuerRef: { name: 'ca', kind: 'ClusterIssuer' } };

describe('with the policy for hosts', () => {
  const taken: Readonly<Record<string, object>> = {
    'a reserved host': { hosts: ['chat.example.org'] },
    'what is below it': { hosts: ['a.b.team-a.example.com'] },
    'a wildcard below it': { hosts: ['*.team-a.example.com'] },
    'further names below it': { hosts: ['team-a.example.com'], tls: { ...tls, dnsNames: ['x.team-a.example.com'] } },
  };
  for (const [title, spec] of Object.entries(taken)) {
    test(`a namespace gets ${title}`, async () => assert.equal(await ask('team-a', spec), 'taken'));
  }

  const refused: Readonly<Record<string, readonly [object, RegExp]>> = {
    'a foreign host': [
      { hosts: ['bank.example.com'] },
      /must not ask for bank\.example\.com: the namespace has team-a\.example\.com, chat\.example\.org/,
    ],
    'one of two': [{ hosts: ['chat.example.org', 'bank.example.com'] }, /must not ask for bank\.example\.com:/],
    'a host that only ends alike': [{ hosts: ['evil-team-a.example.com'] }, /evil-team-a/],
    'the host above': [{ hosts: ['example.org'] }, /must not ask for example\.org/],
    'a wildcard around it': [{ hosts: ['*.example.com'] }, /\*\.example\.com/],
    'a foreign name in the certificate': [
      { hosts: ['chat.example.org'], tls: { ...tls, dnsNames: ['bank.example.com'] } },
      /must not ask for bank/,
    ],
    'an address in the certificate': [
      { hosts: ['chat.example.org'], tls: { ...tls, ipAddresses: ['192.0.2.10'] } },
      /must not ask for 192/,
    ],
    'no host, which would be any': [{ hosts: [], tls: { secretName: 'own' } }, /must name its hosts/],
  };
  for (const [title, [spec, words]] of Object.entries(refused)) {
    test(`it does not get ${title}`, async () => assert.match(await ask('team-a', spec), words));
  }

  test('a namespace without the annotation gets nothing', async () => {
    assert.match(await ask('team-b', { hosts: ['chat.example.org'] }), /must not ask for chat\.example\.org/);
    assert.match(await ask('team-b', { hosts: ['a.example'] }), /must not ask for a\.example/);
  });

  test('a route from before can be labelled, reported on and deleted, not moved to another foreign host', async () => {
    const path = routePath('team-a', 'from-before');
    await rig.client.patch(path, { metadata: { labels: { a: 'b' } } });
    await rig.client.patch(`${path}/status`, { status: { dialect: 'ingress-nginx' } });
    const move = await rig.client.request(
      'PATCH',
      path,
      { spec: { hosts: ['other.example.com'] } },
      'application/merge-patch+json',
    );
    assert.equal(move.status, 422, JSON.stringify(move));
    await rig.client.delete(path);
  });

  test('not even an administrator of the namespace may change its annotations', async () => {
    const allowed = (verb: string, what: string) =>
      rig.kubectl('auth', 'can-i', verb, what, '-n', 'team-a', '--as', 'tenant').catch(() => 'no');
    await rig.apply(readFileSync(join(root, 'deploy/install.yaml'), 'utf8'));
    // What the controller manager, which is not here, would put together as the ClusterRole `admin`.
    const parts = ['admin', 'edit', 'view'].map((role) => `system:aggregate-to-${role}`);
    for (const role of [...parts, 'wss-operator-edit']) {
      const name = role.replaceAll(':', '-');
      await rig.kubectl('create', 'rolebinding', name, '-n', 'team-a', `--clusterrole=${role}`, '--user=tenant');
    }
    await waitUntil(async () => (await allowed('create', 'wssroutes')).trim() === 'yes', {
      what: 'the tenant to have its rights',
      timeoutMs: 30_000,
    });
    assert.equal((await allowed('create', 'rolebindings')).trim(), 'yes');
    for (const verb of ['update', 'patch']) assert.equal((await allowed(verb, 'namespaces')).trim(), 'no');
  });
});

/** Creates a route; `taken`, or what the API server says against it. */
async function ask(
  namespace: string,
  spec: object,
  { name = 'chat', isDry = true }: { readonly name?: string; readonly isDry?: boolean } = {},
): Promise<string> {
  const collection = `/apis/wssroute.dev/v1alpha1/namespaces/${namespace}/wssroutes${isDry ? '?dryRun=All' : ''}`;
  const { status, body } = await rig.client.request('POST', collection, buildRoute(namespace, name, { tls, ...spec }));
  return status === 201 ? 'taken' : String((body as ApiObject).message);
}
