import { publishBackend } from '../support/backend.ts';
import { installCertManagerCrds, installTestCa } from '../support/cert-manager.ts';
import { applyObjects, installOperator, type Operator, startOperator } from '../support/operator.ts';
import { type Rig, type RigPart, startRig } from '../support/rig.ts';
import { buildRoute, createIngressClass, createNamespace, findCondition, routePath } from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Recorder, type Version } from './recorder.ts';
import { refuseIngresses } from './refusal.ts';
import { namespace, says, scenes } from './scenes.ts';

const routeCrd = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/wssroutes.wssroute.dev';

/** Everything that happened to the routes of a cluster that has next to nothing: no class, no cert-manager, a looser schema. */
export function liveOnBareCluster(): Promise<readonly Version[]> {
  return record([], async (rig, start) => {
    await createNamespace(rig, namespace);
    await applyObjects(rig, [buildRoute(namespace, 'early')]);
    const operator = await start();
    await says(rig, 'early', 'IngressClassNotFound');
    await createIngressClass(rig);
    await says(rig, 'early', 'CertManagerNotInstalled');
    await installCertManagerCrds(rig.client);
    await says(rig, 'early', 'Issuing');
    await letInvalidIn(rig);
    await refuseIngresses(rig, namespace);
    // The certificate is somebody else's, so that the refusal is what the route waits for.
    await applyObjects(rig, [buildRoute(namespace, 'refused', { tls: { secretName: 'own' } })]);
    await says(rig, 'refused', 'ApplyFailed');
    await operator.stop();
  });
}

/** Everything that happened to the routes of a cluster where everything runs. */
export function liveOnWholeCluster(): Promise<readonly Version[]> {
  return record(['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'], async (rig, start) => {
    await installTestCa(rig);
    await applyObjects(rig, [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IngressClass',
        metadata: { name: 'foreign' },
        spec: { controller: 'example.com/other' },
      },
    ]);
    await publishBackend(rig, { namespace, name: 'chat', port: 8080 });
    const operator = await start();
    await Promise.all(scenes.map(({ play }) => play(rig)));
    await operator.stop();
    // With nobody there to look at it, a change is in progress, and a new route is pending.
    await rig.client.patch(routePath(namespace, 'crowd-0'), { spec: { timeouts: { idle: '3h' } } });
    await applyObjects(rig, [buildRoute(namespace, 'unseen')]);
    await start();
    const isSeen = (found: { status: { observedGeneration?: number }; metadata: { generation: number } } | undefined) =>
      found?.status.observedGeneration === found?.metadata.generation &&
      findCondition(found, 'Ready')?.status === 'True';
    for (const name of ['crowd-0', 'unseen']) {
      await rig.client.waitFor(routePath(namespace, name), isSeen, { what: `${name} to be ready`, timeoutMs: 60_000 });
    }
  });
}

type Start = () => Promise<Operator>;

async function record(
  parts: readonly RigPart[],
  live: (rig: Rig, start: Start) => Promise<void>,
): Promise<readonly Version[]> {
  const rig = await startRig({ parts });
  const operators: Operator[] = [];
  try {
    await installOperator(rig);
    const recorder = await Recorder.start(rig);
    await live(rig, async () => {
      const operator = await startOperator(rig);
      operators.push(operator);
      return operator;
    });
    // The last change of all: when it has been recorded, everything before it has been.
    const last = buildRoute(namespace, 'last');
    await recorder.waitFor(await rig.client.create(routePath(namespace, 'last').replace(/\/last$/, ''), last));
    return await recorder.stop();
  } finally {
    await Promise.all(operators.map((operator) => operator.stop()));
    await rig.stop();
  }
}

/** A schema that lets everything in, as that of an older release would; the stored route stays when the schema is back. */
async function letInvalidIn(rig: Rig): Promise<void> {
  const path = '/spec/versions/0/schema/openAPIV3Schema/properties/spec';
  const { spec } = await rig.client.get(routeCrd);
  const strict = spec.versions[0].schema.openAPIV3Schema.properties.spec;
  const loose = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  await rig.client.patch(routeCrd, [{ op: 'replace', path, value: loose }], 'json-patch+json');
  const broken = { ...buildRoute(namespace, 'broken'), spec: { hosts: ['Bad Host'], ingressClassName: 'nginx' } };
  const collection = routePath(namespace, 'broken').replace(/\/broken$/, '');
  await waitUntil(async () => (await rig.client.request('POST', collection, broken)).status === 201, {
    what: 'the looser schema to be in force',
    timeoutMs: 30_000,
  });
  await says(rig, 'broken', 'Invalid');
  await rig.client.patch(routePath(namespace, 'broken'), { spec: { hosts: ['Still Bad'] } });
  await rig.client.waitFor(routePath(namespace, 'broken'), (found) => found?.status.observedGeneration === 2, {
    what: 'the second mistake to be told',
    timeoutMs: 30_000,
  });
  await rig.client.patch(routeCrd, [{ op: 'replace', path, value: strict }], 'json-patch+json');
}
