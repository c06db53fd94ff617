import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DeploymentPlayer } from '../support/deployment-player.ts';
import { applyObjects } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { buildRoute, createNamespace, ingressPath, routePath, waitForCondition } from '../support/routes.ts';
import { installedUser, putRelease } from './release.ts';
import { release } from './render.ts';

const watched = ['team-a', 'team-b'];

describe('a release that serves two namespaces', () => {
  let rig: Rig;
  let player: DeploymentPlayer;

  before(async () => {
    rig = await startRig({ parts: [], installCertManagerCrds: true });
    for (const name of [...watched, 'other', release.namespace]) await createNamespace(rig, name);
    player = await DeploymentPlayer.start(rig, release.namespace, release.name);
    await putRelease(rig, 'install', {
      set: [
        `watchNamespaces={${watched.join()}}`,
        'config.ingressClasses[0].name=nginx',
        'config.ingressClasses[0].controller=k8s.io/ingress-nginx',
      ],
    });
    await player.waitUntilRolledOut('the installed release');
  });

  after(async () => {
    await player?.stop();
    await rig?.stop();
  });

  test('has Roles there, and nothing in the whole cluster', async () => {
    const own = ['-l', `app.kubernetes.io/instance=${release.name}`, '-o', 'name'];
    assert.equal(await rig.kubectl('get', 'clusterroles,clusterrolebindings', ...own), '');
    for (const namespace of watched)
      assert.match(await rig.kubectl('-n', namespace, 'get', 'roles', ...own), /wss-operator/);
  });

  test('serves the routes of these namespaces without an IngressClass to look at, and no others', async () => {
    await applyObjects(
      rig,
      [...watched, 'other'].map((namespace) => buildRoute(namespace, 'chat')),
    );
    for (const namespace of watched) {
      await waitForCondition(rig, namespace, 'chat', { type: 'Accepted', status: 'True' });
      const { spec } = await rig.client.get(ingressPath(namespace, 'chat-wss'));
      assert.equal(spec.ingressClassName, 'nginx');
    }
    const { status } = await rig.client.get(routePath('other', 'chat'));
    assert.equal(status.observedGeneration, undefined);
    assert.equal(await rig.client.find(ingressPath('other', 'chat-wss')), undefined);
  });

  test('asks for nothing that it may not have, and for nothing in the whole cluster', async () => {
    const own = rig.audit.authorizations().filter(({ user }) => user === installedUser);
    assert.ok(own.length > 20, `${own.length} requests`);
    assert.deepEqual(
      own.filter(({ isAllowed }) => !isAllowed),
      [],
    );
    assert.deepEqual(
      own.filter(({ namespace }) => namespace === ''),
      [],
    );
    const places = new Set(own.map(({ namespace }) => namespace));
    assert.deepEqual(
      [...places].filter((place) => ![...watched, release.namespace].includes(place)),
      [],
    );
  });
});
