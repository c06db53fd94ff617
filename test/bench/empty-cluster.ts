import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterAccess } from '../../src/kube/access.ts';
import { loadClusterAccess } from '../../src/kube/credentials.ts';
import { Transport } from '../../src/kube/transport.ts';
import { applyObjects, grantOperator, installOperator } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { createIngressClass } from '../support/routes.ts';

/** A real API server with what the operator needs and nothing else, and a client of the administrator. */
export interface EmptyCluster {
  readonly rig: Rig;
  readonly access: ClusterAccess;
  readonly transport: Transport;
}

/** Does something on a cluster that nobody has used before, and ends it. */
export async function onEmptyCluster<T>(act: (cluster: EmptyCluster) => Promise<T>): Promise<T> {
  const rig = await startRig({ parts: [], installCertManagerCrds: true });
  try {
    const access = await loadClusterAccess({ kubeconfig: rig.kubeconfig, env: {} });
    await prepare(rig, access);
    const transport = new Transport({ access, version: 'bench' });
    try {
      return await act({ rig, access, transport });
    } finally {
      await transport.close();
    }
  } finally {
    await rig.stop();
  }
}

/** The operator runs as in a Pod: with a ServiceAccount's token in the place where Pods have it. */
async function prepare(rig: Rig, { tls }: ClusterAccess): Promise<void> {
  await installOperator(rig);
  await createIngressClass(rig);
  const account = { namespace: 'default', name: 'wss-operator' };
  await applyObjects(rig, [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account }]);
  await grantOperator(rig, { kind: 'ServiceAccount', ...account });
  const { status } = await rig.client.create('/api/v1/namespaces/default/serviceaccounts/wss-operator/token', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 7200 },
  });
  const mount = '/var/run/secrets/kubernetes.io/serviceaccount';
  await mkdir(mount, { recursive: true });
  await writeFile(join(mount, 'token'), status.token);
  await writeFile(join(mount, 'ca.crt'), tls.ca ?? '');
  await writeFile(join(mount, 'namespace'), 'default');
}
