/** `wss import --all` and `wss migrate ROUTE` against a real API server: what is read there is what a file would say. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import { cases, readCase } from '../import/corpus.ts';
import type { ApiObject } from '../support/admin-client.ts';
import { applyObjects, installOperator, startOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { createNamespace, ingressPath, waitForCondition } from '../support/routes.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('with a cluster', () => {
  let rig: Rig;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    await installOperator(rig);
    for (const name of ['chat', 'portal']) await createNamespace(rig, name);
    const classes = [
      { name: 'nginx', controller: 'k8s.io/ingress-nginx' },
      { name: 'f5', controller: 'nginx.org/ingress-controller' },
    ].map(({ name, controller }) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name },
      spec: { controller },
    }));
    const wanted = ['community-mattermost', 'f5-master-and-minions'];
    const ingresses = cases.filter(({ name }) => wanted.includes(name)).flatMap(readCase);
    await applyObjects(rig, [...classes, ...ingresses.map(({ object }) => object as ApiObject)]);
  });

  after(() => rig?.stop());

  function wss(...args: readonly string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      execFile(process.execPath, [main, ...args, '--kubeconfig', rig.kubeconfig], (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      });
    });
  }

  test('every Ingress is imported, whatever the API server has added', async () => {
    const { code, stdout, stderr } = await wss('import', '--all');
    const routes = loadAll(stdout) as readonly ApiObject[];
    assert.deepEqual(
      routes.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
      ['chat/mattermost', 'portal/portal-chat', 'portal/portal-prices'],
      stderr,
    );
    assert.match(stderr, /^leftover: cluster: Ingress portal\/portal-pages: /m);
    assert.equal(code, 1);
    // The API server has the last word on what is printed.
    await applyObjects(rig, routes);
  });

  test('those of a namespace are those', async () => {
    const { stdout } = await wss('import', '--all', '-n', 'chat');
    assert.deepEqual(
      (loadAll(stdout) as readonly ApiObject[]).map(({ metadata }) => metadata.name),
      ['mattermost'],
    );
    const none = await wss('import', '--all', '-n', 'default');
    assert.deepEqual(none, { code: 0, stdout: '', stderr: 'warning: there is no Ingress to import\n' });
  });

  test('a route is told its way, and what it is told the API server takes', async () => {
    const { code, stdout, stderr } = await wss(
      'migrate',
      'chat/mattermost',
      '--to',
      'nginx.org',
      '--class',
      'f5',
      '-o',
      'json',
    );
    assert.equal(code, 0, stderr);
    const migration = JSON.parse(stdout);
    assert.equal(migration.to, 'IngressClass/f5');
    const [, twin] = migration.steps[0].files;
    await applyObjects(rig, [twin.content]);
  });

  test('a route waits for its Ingress to go, and then takes its place', async () => {
    const operator = await startOperator(rig);
    try {
      await waitForCondition(rig, 'chat', 'mattermost', { type: 'Accepted', status: 'False', reason: 'HostClaimed' });
      assert.equal((await rig.client.request('GET', ingressPath('chat', 'mattermost-wss'))).status, 404);
      await rig.client.delete(ingressPath('chat', 'mattermost'));
      await rig.client.waitFor(ingressPath('chat', 'mattermost-wss'), (ingress) => ingress !== undefined, {
        what: 'the Ingress of the route',
        timeoutMs: 30_000,
      });
      await waitForCondition(rig, 'chat', 'mattermost', { type: 'Accepted', status: 'True' });
    } finally {
      await operator.stop();
    }
  });

  test('a place that is not there is none to go to', async () => {
    const gone = await wss('migrate', 'mattermost', '-n', 'chat', '--to', 'nginx.org', '--class', 'gone');
    assert.match(gone.stderr, /class "gone" is not in the cluster/);
    assert.equal(gone.code, 1);
    const gateway = await wss('migrate', 'chat/mattermost', '--to', 'gateway', '--parent', 'infra/edge');
    assert.match(gateway.stderr, /Gateway infra\/edge is not in the cluster/);
    const route = await wss('migrate', 'chat/none', '--to', 'nginx.org', '--class', 'f5');
    assert.match(route.stderr, /"none" not found/);
    const foreign = await wss('migrate', 'chat/mattermost', '--to', 'ingress-nginx', '--class', 'f5');
    assert.match(foreign.stderr, /belongs to nginx\.org\/ingress-controller/);
    assert.equal(foreign.code, 2);
  });
});
