import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApiObject } from '../support/admin-client.ts';
import { publishBackend } from '../support/backend.ts';
import { F5_ADDRESS, F5_CONTROLLER, F5Player } from '../support/f5-player.ts';
import { shakeHands } from '../support/handshake.ts';
import { applyObjects } from '../support/operator.ts';
import { PUBLISHED_ADDRESS } from '../support/published-address.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { ingressPath } from '../support/routes.ts';
import { createTlsSecret, issuePair } from '../support/tls-secret.ts';
import { waitUntil } from '../support/wait-until.ts';

const host = 'chat.example.com';
const url = `wss://${host}/ws`;
const ingressClassName = 'nginx-f5';
const mergeable = 'nginx.org/mergeable-ingress-type';

describe('the stand-in for F5 NGINX', () => {
  let rig: Rig;
  let player: F5Player;
  let ca: string;

  before(async () => {
    rig = await startRig({ parts: ['backend', 'ingress-nginx'] });
    const pair = await issuePair(rig, [host]);
    ca = pair.ca;
    const spec = { controller: F5_CONTROLLER };
    const apiVersion = 'networking.k8s.io/v1';
    await applyObjects(rig, [{ apiVersion, kind: 'IngressClass', metadata: { name: ingressClassName }, spec }]);
    for (const name of ['edge', 'late', 'app']) await rig.client.create('/api/v1/namespaces', { metadata: { name } });
    for (const namespace of ['edge', 'late']) await createTlsSecret(rig, { namespace, name: 'tls' }, pair);
    await publishBackend(rig, { namespace: 'app', name: 'chat', port: 8080 });
    player = await F5Player.start(rig, { isServing: true });
  });

  after(async () => {
    await player?.stop();
    await rig?.stop();
  });

  test('a minion waits for a master, and is refused handshakes until there is one', async () => {
    await create('app', 'chat', minion());
    await waitForEvent('app', 'chat', 'NoIngressMasterFound', "Ingress master is invalid or doesn't exist");
    await assert.rejects(handshake(), /SSL alert number 112/);
    assert.deepEqual(player.moments(host), []);
  });

  test('a master serves it, and a second one stands by without a reload', async () => {
    await create('edge', 'front', master());
    await waitForAddresses('edge', 'front', [{ ip: F5_ADDRESS }]);
    await waitForAddresses('app', 'chat', [{ ip: F5_ADDRESS }]);
    assert.equal((await handshake()).status, 101);
    await waitForNextSecond();
    const { reloads } = player;
    await create('late', 'front', master());
    await waitForEvent('late', 'front', 'Rejected', 'All hosts are taken by other resources');
    await waitForAddresses('late', 'front', []);
    assert.equal(player.reloads, reloads);
  });

  test('an Ingress of another class is nothing to it, and the controller of that one answers beside it', async () => {
    await create('edge', 'foreign', { ...master(), ingressClassName: 'nginx' });
    await create('edge', 'known', { ...master('known.example.com') });
    await waitForAddresses('edge', 'known', [{ ip: F5_ADDRESS }]);
    assert.equal(player.verdictOn('edge', 'foreign'), undefined);
    assert.match(await (await fetch(`http://${PUBLISHED_ADDRESS}/`)).text(), /<center>nginx<\/center>/);
    assert.equal(await (await fetch(`http://${F5_ADDRESS}/`)).text(), '');
    await rig.client.delete(ingressPath('edge', 'known'));
  });

  test('when the first is gone the second takes over, without a moment in between', async () => {
    await rig.client.delete(ingressPath('edge', 'front'));
    await waitForAddresses('late', 'front', [{ ip: F5_ADDRESS }]);
    assert.equal((await handshake()).status, 101);
    assert.deepEqual(
      player.moments(host).map(({ holder, hasCertificate }) => ({ holder, hasCertificate })),
      [
        { holder: 'edge/front', hasCertificate: true },
        { holder: 'late/front', hasCertificate: true },
      ],
    );
    assert.deepEqual(player.moments(host).at(-1)?.locations, ['/ws app/chat upgraded']);
  });

  test('without websocket-services the backend sees a plain GET, and with a wrong name the path is gone', async () => {
    await annotate(null);
    await waitUntil(async () => (await handshake()).status === 426, {
      what: 'the answer of the backend',
      timeoutMs: 5_000,
    });
    await annotate('chat,nope');
    const refusal = /^app\/chat was rejected: with error: .*services were not found: nope$/;
    await waitForEvent('app', 'chat', 'Rejected', refusal);
    await waitForAddresses('app', 'chat', []);
    assert.equal((await handshake()).status, 404);
    await annotate('chat');
    await waitForAddresses('app', 'chat', [{ ip: F5_ADDRESS }]);
  });

  test('the last master takes the host along, and the address of the minion', async () => {
    await rig.client.delete(ingressPath('late', 'front'));
    await waitForAddresses('app', 'chat', []);
    await assert.rejects(handshake(), /SSL alert number 112/);
    assert.equal(player.moments(host).at(-1)?.holder, undefined);
  });

  function handshake() {
    return shakeHands(url, { address: F5_ADDRESS, ca });
  }

  async function create(namespace: string, name: string, { annotations, ...spec }: ApiObject): Promise<void> {
    const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`;
    await rig.client.create(path, { metadata: { name, annotations }, spec });
  }

  async function annotate(services: string | null): Promise<void> {
    const annotations = { 'nginx.org/websocket-services': services };
    await rig.client.patch(ingressPath('app', 'chat'), { metadata: { annotations } });
  }

  async function waitForAddresses(namespace: string, name: string, addresses: readonly object[]): Promise<void> {
    const wanted = JSON.stringify(addresses);
    await rig.client.waitFor(
      ingressPath(namespace, name),
      (found) => found !== undefined && JSON.stringify(found.status?.loadBalancer?.ingress ?? []) === wanted,
      { what: `${namespace}/${name} to have the addresses ${wanted}`, timeoutMs: 10_000 },
    );
  }

  async function waitForEvent(namespace: string, name: string, reason: string, text: string | RegExp): Promise<void> {
    const events = () => rig.client.list(`/api/v1/namespaces/${namespace}/events`);
    const isWanted = ({ involvedObject, reason: given, message }: ApiObject) =>
      involvedObject.name === name &&
      given === reason &&
      (text instanceof RegExp ? text.test(message) : text === message);
    await waitUntil(async () => (await events()).some(isWanted), {
      what: `an Event ${reason} of ${namespace}/${name}`,
      timeoutMs: 10_000,
      explain: async () => (await events()).map((each) => `${each.reason}: ${each.message}`).join('\n'),
    });
  }
});

function master(of = host): ApiObject {
  return {
    annotations: { [mergeable]: 'master' },
    ...{ ingressClassName, rules: [{ host: of }], tls: [{ hosts: [of], secretName: 'tls' }] },
  };
}

function minion(): ApiObject {
  const backend = { service: { name: 'chat', port: { number: 8080 } } };
  return {
    annotations: { [mergeable]: 'minion', 'nginx.org/websocket-services': 'chat' },
    ingressClassName,
    rules: [{ host, http: { paths: [{ path: '/ws', pathType: 'Prefix', backend }] } }],
  };
}

/** Ages have a resolution of one second. */
async function waitForNextSecond(): Promise<void> {
  const second = Math.floor(Date.now() / 1000);
  while (Math.floor(Date.now() / 1000) === second) await new Promise((resolve) => setTimeout(resolve, 20));
}
