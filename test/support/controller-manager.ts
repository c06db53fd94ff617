import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AdminClient, ApiObject } from './admin-client.ts';
import { partDirectory } from './build-parts.ts';
import { RestartableProcess } from './process.ts';

const CONTROLLERS = [
  'namespace-controller',
  'garbage-collector-controller',
  'endpointslice-controller',
  'clusterrole-aggregation-controller',
];

const PROBE_NAME = 'rig-controller-manager-probe';
const PROBE_COLLECTION = '/api/v1/namespaces/default/configmaps';

/** kube-controller-manager with the controllers that deletion, Services and aggregated roles need. */
export function createControllerManager(
  directory: string,
  kubeconfig: string,
  client: AdminClient,
): RestartableProcess {
  return new RestartableProcess({
    name: 'kube-controller-manager',
    command: join(partDirectory('kubernetes'), 'kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--controllers=${CONTROLLERS.join(',')}`,
      '--leader-elect=false',
      '--secure-port=0',
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
    ],
    logFile: join(directory, 'kube-controller-manager.log'),
    isReady: createProbe(client),
    readyTimeoutMs: 60_000,
  });
}

/** It has no port to ask: it is ready when its garbage collector removes an object whose owner does not exist. */
function createProbe(client: AdminClient): () => Promise<boolean> {
  let isCreated = false;
  return async () => {
    if (!isCreated) await client.create(PROBE_COLLECTION, orphan());
    isCreated = true;
    if ((await client.find(`${PROBE_COLLECTION}/${PROBE_NAME}`)) !== undefined) return false;
    isCreated = false;
    return true;
  };
}

function orphan(): ApiObject {
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'never-there', uid: randomUUID() };
  return { metadata: { name: PROBE_NAME, ownerReferences: [owner] } };
}
