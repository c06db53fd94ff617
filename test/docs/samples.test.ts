import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadAll } from 'js-yaml';
import type { ApiObject } from '../support/admin-client.ts';
import { waitUntilEstablished } from '../support/established.ts';
import { chartDirectory, helm } from '../support/helm.ts';
import { runKubectl } from '../support/kubectl.ts';
import { type Rig, startRig } from '../support/rig.ts';
import {
  certificatePath,
  createIngressClass,
  createNamespace,
  ingressPath,
  waitForCondition,
} from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { listSamples, pages, root, type Sample } from './markdown.ts';
import { openShell, type Shell } from './shell.ts';

/** What the pages tell a reader to type, word by word and in an order that a reader could type it in. */

const samples = pages.flatMap(listSamples);

let rig: Rig;
let sh: Shell['sh'];
let start: Shell['start'];

before(async () => {
  rig = await startRig({ parts: ['controller-manager'], installCertManagerCrds: true });
  ({ sh, start } = await openShell(rig));
  await createIngressClass(rig);
  const chat = { metadata: { name: 'chat' }, spec: { ports: [{ port: 8080 }] } };
  await rig.client.create('/api/v1/namespaces/default/services', chat);
});

after(() => rig?.stop());

describe('without a cluster', () => {
  test('a route is rendered', async () => {
    const rendered = loadAll(await sh('npm start -- render -f deploy/examples/chat.yaml').then(withoutHeader));
    assert.deepEqual(rendered.map((object) => (object as ApiObject).kind).sort(), ['Certificate', 'Ingress']);
    const judged = await sh('npm start -- render --lint -f deploy/examples/chat.yaml').then(withoutHeader);
    assert.deepEqual(loadAll(judged), rendered);
  });

  test('an Ingress is imported', async () => {
    const printed = await sh('npm start -- import -f test/import/corpus/community-chat-plain/ingress.yaml');
    const [route, ...others] = loadAll(withoutHeader(printed)) as readonly ApiObject[];
    assert.equal(route?.kind, 'WssRoute');
    assert.deepEqual(others, []);
  });
});

describe('with helm', () => {
  test('the operator is installed, in a namespace for restricted Pods', async () => {
    await sh('helm install wss-operator deploy/chart --namespace wss-system --create-namespace');
    await sh('kubectl label namespace wss-system pod-security.kubernetes.io/enforce=restricted');
    await rig.client.get('/apis/apps/v1/namespaces/wss-system/deployments/wss-operator');
  });

  test('it is upgraded and rolled back', async () => {
    await sh('helm upgrade wss-operator deploy/chart --namespace wss-system --reset-then-reuse-values');
    await sh('helm rollback wss-operator --namespace wss-system');
    const args = ['history', 'wss-operator', '--namespace', 'wss-system', '-o', 'json'];
    const history = JSON.parse(await helm(args, { env: { KUBECONFIG: rig.kubeconfig } }));
    assert.equal(history.at(-1).revision, 3);
    assert.equal(history.at(-1).status, 'deployed');
  });
});

describe('with the controller in a shell', () => {
  test('the route of the README gets what the README shows', async () => {
    const stop = start('npm start -- run --kubeconfig ~/.kube/config');
    try {
      await rig.apply(
        findSample(({ place, text }) => place.startsWith('README.md') && text.includes('kind: WssRoute')).text,
      );
      // Neither is here, so nobody would answer a handshake either; test/e2e has all of them.
      const unproved = { spec: { verification: { enabled: false } } };
      await rig.client.patch('/apis/wssroute.dev/v1alpha1/namespaces/default/wssroutes/chat', unproved);
      await playCertManager();
      await playIngressNginx();
      await waitForCondition(rig, 'default', 'chat', { type: 'Ready', status: 'True' });
      const shown = findSample(
        ({ language, text }) => language === 'console' && text.includes('kubectl get wssroutes'),
      );
      const waited = await sh('kubectl wait --for=condition=Ready wssroute/chat --timeout=3m');
      const got = await sh('kubectl get wssroutes');
      const typed = [
        '$ kubectl wait --for=condition=Ready wssroute/chat --timeout=3m\n',
        waited,
        '$ kubectl get wssroutes\n',
        got,
      ];
      assert.equal(withoutTimes(typed.join('')), withoutTimes(shown.text));
    } finally {
      await stop();
    }
    await assert.rejects(fetch('http://127.0.0.1:8081/healthz'), 'Ctrl-C has not ended it');
  });

  test('the Ingresses of the cluster are judged', async () => {
    const printed = await sh('npm start -- lint --all --kubeconfig ~/.kube/config').then(withoutHeader);
    assert.match(printed, /^0 errors and \d+ warnings? in 1 Ingress$/m);
  });

  test('everything goes again, the CustomResourceDefinition at last', async () => {
    await sh('kubectl delete wssroutes --all --all-namespaces');
    await waitUntil(async () => (await rig.client.request('GET', ingressPath('default', 'chat-wss'))).status === 404, {
      what: 'the Ingress to follow its route',
      // The garbage collector looks every 30 s for kinds that have come.
      timeoutMs: 120_000,
    });
    await helm(['uninstall', 'wss-operator', '--namespace', 'wss-system'], { env: { KUBECONFIG: rig.kubeconfig } });
    await sh('kubectl delete crd wssroutes.wssroute.dev');
  });
});

describe('with kubectl', () => {
  test('the CustomResourceDefinition alone is applied', async () => {
    await sh('kubectl apply --server-side -f crds/wssroutes.yaml');
    await waitUntilEstablished(rig);
  });

  test('the manifest is applied, by the same hand, and then differs in nothing', async () => {
    await sh('kubectl apply --server-side -f deploy/install.yaml');
    assert.equal(await sh('kubectl diff --server-side -f deploy/install.yaml'), '');
  });
});

describe('YAML of the pages', () => {
  test('WssRoutes are taken by the API server', async () => {
    await createNamespace(rig, 'samples');
    const routes = samples.filter(({ language, text }) => language === 'yaml' && /^kind: WssRoute$/m.test(text));
    assert.ok(routes.length > 0);
    for (const { text } of routes) {
      await runKubectl(
        rig.kubeconfig,
        ['create', '-n', 'samples', '--dry-run=server', '--validate=strict', '-f', '-'],
        text,
      );
    }
  });

  test('issuers are taken as they are', async () => {
    const issuers = samples.filter(({ language, text }) => language === 'yaml' && /^kind: ClusterIssuer$/m.test(text));
    assert.ok(issuers.length > 0);
    for (const { text } of issuers) {
      await runKubectl(rig.kubeconfig, ['create', '--dry-run=server', '--validate=strict', '-f', '-'], text);
    }
  });

  test('an overlay of kustomize builds on the manifest of this folder', async () => {
    const overlays = samples.filter(({ language, text }) => language === 'yaml' && /^kind: Kustomization$/m.test(text));
    assert.ok(overlays.length > 0);
    for (const [index, { text, place }] of overlays.entries()) {
      const folder = join(rig.directory, `overlay-${index}`);
      await mkdir(join(folder, 'base'), { recursive: true });
      for (const file of ['kustomization.yaml', 'install.yaml']) {
        await copyFile(join(root, 'deploy', file), join(folder, 'base', file));
      }
      const local = text.replace(/https:\/\/github\.com\/wss-operator\/wss-operator\/\/deploy\?ref=[\w.]+/, 'base');
      assert.notEqual(local, text, `${place} is no overlay of this repository`);
      await writeFile(join(folder, 'kustomization.yaml'), local);
      const built = loadAll(await rig.kubectl('kustomize', folder)) as readonly ApiObject[];
      const deployment = built.find(({ kind }) => kind === 'Deployment');
      assert.match(deployment?.spec.template.spec.containers[0].image, /^registry\.example\.com\/wss-operator:/);
      assert.equal(deployment?.spec.replicas, 3);
    }
  });

  test('values of the chart are taken by helm', async () => {
    const values = samples.filter(({ language, text }) => language === 'yaml' && !/^kind: /m.test(text));
    assert.ok(values.length > 0);
    for (const { text } of values) {
      await helm(['template', 'wss-operator', chartDirectory, '--namespace', 'wss-system', '--values', '-'], {
        stdin: text,
      });
    }
  });
});

function findSample(isWanted: (sample: Sample) => boolean): Sample {
  const found = samples.find(isWanted);
  assert.ok(found, 'the sample has gone');
  return found;
}

/** What cert-manager would do: it tells that the certificate is issued. */
async function playCertManager(): Promise<void> {
  const path = certificatePath('default', 'chat-wss');
  const { metadata } = await rig.client.waitFor(path, (found) => found !== undefined, {
    what: 'the Certificate of the route',
    timeoutMs: 60_000,
  });
  const now = new Date().toISOString().replace(/\.\d+/, '');
  const ready = { type: 'Ready', status: 'True', reason: 'Ready', message: '', lastTransitionTime: now };
  const conditions = [{ ...ready, observedGeneration: metadata.generation }];
  await rig.client.patch(`${path}/status`, { status: { conditions, notAfter: '2099-02-21T11:30:05Z' } });
}

/** What ingress-nginx would do: it publishes where it is reached. */
async function playIngressNginx(): Promise<void> {
  const path = ingressPath('default', 'chat-wss');
  await rig.client.waitFor(path, (found) => found !== undefined, {
    what: 'the Ingress of the route',
    timeoutMs: 60_000,
  });
  await rig.client.patch(`${path}/status`, { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } });
}

/** npm tells first what it runs. */
function withoutHeader(output: string): string {
  return output.replace(/^(?:\n|> .*\n)+/, '');
}

/** Times and ages differ from run to run, and with them the width of the last column. */
function withoutTimes(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME')
    .replaceAll(/ \d+[smh]+(?:\d+s)?\s*$/gm, ' AGE')
    .replaceAll(/ +/g, ' ')
    .trim();
}
