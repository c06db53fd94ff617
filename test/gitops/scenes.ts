import type { ApiObject } from '../support/admin-client.ts';
import { requestCertificate } from '../support/issuance.ts';
import { waitUntilReady } from '../support/live-route.ts';
import { applyObjects } from '../support/operator.ts';
import type { Rig } from '../support/rig.ts';
import { buildRoute, certificatePath, ingressPath, routePath, waitForCondition } from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';

export const namespace = 'gitops';

/** A piece of a route's life on a cluster where everything runs. */
export interface Scene {
  readonly name: string;
  /** Routes that the scene turns from healthy to something else, and how often it has a cause to. */
  readonly relapses?: Readonly<Record<string, number>>;
  readonly play: (rig: Rig) => Promise<void>;
}

/** Lives of routes; none disturbs another, so they are played at once. */
export const scenes: readonly Scene[] = [
  {
    name: 'many new routes at once',
    // It is edited when the operator is away.
    relapses: { 'crowd-0': 1 },
    play: async (rig) => {
      const names = Array.from({ length: 30 }, (_, index) => `crowd-${index}`);
      await applyObjects(
        rig,
        names.map((name) => buildRoute(namespace, name)),
      );
      for (const name of names) await ready(rig, name);
    },
  },
  {
    name: 'a served route is edited, and each edit is served',
    relapses: { edited: 4 },
    play: async (rig) => {
      await begin(rig, 'edited');
      await edit(rig, 'edited', { timeouts: { idle: '2h' } });
      await edit(rig, 'edited', { hosts: ['new.edited.example.com'] });
      await edit(rig, 'edited', { hosts: ['new.edited.example.com', 'other.edited.example.com'], redirect: false });
      await edit(rig, 'edited', { tls: { privateKey: { algorithm: 'ECDSA', size: 256 } } });
    },
  },
  {
    name: 'a Secret that is brought along, and back to a Certificate',
    relapses: { brought: 1 },
    play: async (rig) => {
      await applyObjects(rig, [buildRoute(namespace, 'brought', { tls: { secretName: 'brought' } })]);
      await ready(rig, 'brought');
      await edit(rig, 'brought', { tls: { secretName: null, issuerRef: { name: 'test-ca', kind: 'ClusterIssuer' } } });
    },
  },
  {
    name: 'a Certificate to share that is missing, does not cover the host, and then does',
    play: async (rig) => {
      const tls = { certificateRef: { name: 'shared' } };
      await applyObjects(rig, [buildRoute(namespace, 'sharing', { tls })]);
      await says(rig, 'sharing', 'CertificateNotFound');
      await requestCertificate(rig, namespace, 'shared', ['other.example.com']);
      await says(rig, 'sharing', 'NamesNotCovered');
      const dnsNames = ['other.example.com', `sharing.${namespace}.example.com`];
      await rig.client.patch(certificatePath(namespace, 'shared'), { spec: { dnsNames } });
      await ready(rig, 'sharing');
    },
  },
  {
    name: 'a Service that is missing, then has another port, and then goes',
    relapses: { backendless: 1 },
    play: async (rig) => {
      await applyObjects(rig, [
        buildRoute(namespace, 'backendless', { paths: [{ path: '/', service: { name: 'late', port: 'ws' } }] }),
      ]);
      await says(rig, 'backendless', 'ServiceNotFound');
      const service = { apiVersion: 'v1', kind: 'Service', metadata: { namespace, name: 'late' } };
      await applyObjects(rig, [{ ...service, spec: { ports: [{ name: 'http', port: 80 }] } }]);
      await says(rig, 'backendless', 'ServicePortNotFound');
      await applyObjects(rig, [{ ...service, spec: { ports: [{ name: 'ws', port: 80 }] } }]);
      await ready(rig, 'backendless');
      await rig.client.delete(`/api/v1/namespaces/${namespace}/services/late`);
      await says(rig, 'backendless', 'ServiceNotFound');
    },
  },
  {
    name: 'a host that an older route serves, until it is deleted',
    play: async (rig) => {
      const hosts = ['claimed.example.com'];
      await applyObjects(rig, [buildRoute(namespace, 'holder', { hosts })]);
      await ready(rig, 'holder');
      await applyObjects(rig, [buildRoute(namespace, 'claimant', { hosts })]);
      await says(rig, 'claimant', 'HostClaimed');
      await rig.client.delete(routePath(namespace, 'holder'));
      await ready(rig, 'claimant');
    },
  },
  {
    name: 'an object of the name that the route needs, until it is deleted',
    play: async (rig) => {
      const taken = ingressPath(namespace, 'named-wss');
      const defaultBackend = { service: { name: 'chat', port: { number: 8080 } } };
      const spec = { ingressClassName: 'another', defaultBackend };
      await rig.client.create(taken.replace(/\/[^/]*$/, ''), { metadata: { name: 'named-wss' }, spec });
      await applyObjects(rig, [buildRoute(namespace, 'named')]);
      await says(rig, 'named', 'NameTaken');
      await rig.client.delete(taken);
      await ready(rig, 'named');
    },
  },
  {
    name: 'an issuer that fails, as issuers outside of cert-manager do',
    play: async (rig) => {
      const issuerRef = { name: 'broken', kind: 'Authority', group: 'issuers.example.com' };
      await applyObjects(rig, [buildRoute(namespace, 'unissued', { tls: { issuerRef } })]);
      await says(rig, 'unissued', 'Issuing');
      await failRequest(rig, 'unissued-wss');
      await says(rig, 'unissued', 'IssuanceFailed');
    },
  },
  {
    name: 'a class that is not there, and one of another controller, and the right one',
    play: async (rig) => {
      await applyObjects(rig, [buildRoute(namespace, 'classless', { ingressClassName: 'later' })]);
      await says(rig, 'classless', 'IngressClassNotFound');
      const item = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'later' } };
      await applyObjects(rig, [{ ...item, spec: { controller: 'example.com/other' } }]);
      await says(rig, 'classless', 'UnsupportedController');
      await edit(rig, 'classless', { ingressClassName: 'nginx' });
    },
  },
  {
    name: 'children that are deleted are made again',
    relapses: { bereft: 2 },
    play: async (rig) => {
      await begin(rig, 'bereft');
      await rig.client.delete(ingressPath(namespace, 'bereft-wss'));
      await says(rig, 'bereft', 'AwaitingAddress');
      await ready(rig, 'bereft');
      const certificate = certificatePath(namespace, 'bereft-wss');
      const { metadata } = await rig.client.get(certificate);
      await rig.client.delete(certificate);
      await rig.client.waitFor(certificate, (found) => found !== undefined && found.metadata.uid !== metadata.uid, {
        what: 'the Certificate to be made again',
        timeoutMs: 20_000,
      });
      await ready(rig, 'bereft');
    },
  },
  {
    name: 'a status that somebody empties is written again',
    relapses: { emptied: 1 },
    play: async (rig) => {
      await begin(rig, 'emptied');
      const { status, ...route } = await rig.client.get(routePath(namespace, 'emptied'));
      await rig.client.replace(`${routePath(namespace, 'emptied')}/status`, { ...route, status: {} });
      const isBack = (found?: ApiObject) => found?.status.urls?.length === status.urls.length;
      const wait = { what: 'the status to be written again', timeoutMs: 20_000 };
      await rig.client.waitFor(routePath(namespace, 'emptied'), isBack, wait);
      await ready(rig, 'emptied');
    },
  },
  {
    name: 'routes that somebody else’s finalizer holds while they are deleted',
    relapses: { 'held-ready': 1 },
    play: async (rig) => {
      for (const [name, spec] of [
        ['held-ready', {}],
        ['held-failed', { ingressClassName: 'foreign' }],
      ] as const) {
        const route = buildRoute(namespace, name, spec);
        const metadata = { ...route.metadata, finalizers: ['example.com/hold'] };
        await applyObjects(rig, [{ ...route, metadata }]);
        await (name === 'held-ready' ? ready(rig, name) : says(rig, name, 'UnsupportedController'));
        await rig.client.delete(routePath(namespace, name));
        await rig.client.patch(routePath(namespace, name), { metadata: { labels: { held: 'yes' } } });
        await rig.client.patch(routePath(namespace, name), { metadata: { finalizers: null } });
      }
    },
  },
];

/** Waits until a route says why it is not Ready. */
export async function says(rig: Rig, name: string, reason: string): Promise<void> {
  await waitForCondition(rig, namespace, name, { type: 'Ready', status: 'False', reason }, 60_000);
}

async function begin(rig: Rig, name: string): Promise<void> {
  await applyObjects(rig, [buildRoute(namespace, name)]);
  await ready(rig, name);
}

async function edit(rig: Rig, name: string, spec: ApiObject): Promise<void> {
  await rig.client.patch(routePath(namespace, name), { spec });
  await ready(rig, name);
}

async function ready(rig: Rig, name: string): Promise<void> {
  await waitUntilReady(rig, namespace, name);
}

/** Plays an issuer outside of cert-manager that refuses the request of a Certificate. */
async function failRequest(rig: Rig, certificate: string): Promise<void> {
  const path = `/apis/cert-manager.io/v1/namespaces/${namespace}/certificaterequests`;
  const request = await waitUntil(
    async () =>
      (await rig.client.list(path)).find(
        ({ metadata }) => metadata.annotations?.['cert-manager.io/certificate-name'] === certificate,
      ),
    { what: 'the CertificateRequest', timeoutMs: 30_000 },
  );
  const lastTransitionTime = new Date().toISOString();
  const condition = {
    type: 'Ready',
    status: 'False',
    reason: 'Failed',
    message: 'the authority is away',
    lastTransitionTime,
  };
  const status = { conditions: [...(request.status?.conditions ?? []), condition], failureTime: lastTransitionTime };
  await rig.client.patch(`${path}/${request.metadata.name}/status`, { status });
}
