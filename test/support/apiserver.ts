import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdminClient } from './admin-client.ts';
import { partDirectory } from './build-parts.ts';
import type { ControlPlaneKeys } from './control-plane-keys.ts';
import { ETCD_URL } from './etcd.ts';
import { RestartableProcess } from './process.ts';

export const APISERVER_PORT = 6443;
export const APISERVER_URL = `https://127.0.0.1:${APISERVER_PORT}`;

/** Namespaces of parts of the rig whose leases are of no interest. */
const OTHERS = ['kube-system', 'kube-node-lease', 'cert-manager', 'ingress-nginx'];

const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    // Who reads a Secret is a question of its own.
    { level: 'Metadata', resources: [{ group: '', resources: ['secrets'] }] },
    // The rig and its parts; what others read shows which permissions they use.
    { level: 'None', verbs: ['get', 'list', 'watch'], userGroups: ['system:masters'] },
    { level: 'None', namespaces: OTHERS, resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
    // Whether each status says something new: what is written counts, not how often.
    { level: 'Request', verbs: ['patch'], resources: [{ group: 'wssroute.dev', resources: ['wssroutes/status'] }] },
    { level: 'Metadata' },
  ],
};

export interface ApiserverOptions {
  readonly directory: string;
  readonly keys: ControlPlaneKeys;
  readonly auditLogFile: string;
  readonly client: AdminClient;
  /** Flags after the rig's own; the last of two equal ones counts. */
  readonly flags?: readonly string[];
}

/** kube-apiserver on its default port, with RBAC and an audit log, see {@link AuditLog}. Needs etcd. */
export async function createApiserver(options: ApiserverOptions): Promise<RestartableProcess> {
  const { directory, keys, client } = options;
  const auditPolicyFile = join(directory, 'audit-policy.json');
  await writeFile(auditPolicyFile, JSON.stringify(AUDIT_POLICY));
  return new RestartableProcess({
    name: 'kube-apiserver',
    command: join(partDirectory('kubernetes'), 'kube-apiserver'),
    args: [
      `--etcd-servers=${ETCD_URL}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${APISERVER_PORT}`,
      // Published nowhere without an endpoint reconciler, but without it a default route would be needed.
      '--advertise-address=192.0.2.1',
      `--cert-dir=${directory}`,
      `--tls-cert-file=${keys.server.certificateFile}`,
      `--tls-private-key-file=${keys.server.keyFile}`,
      `--client-ca-file=${keys.authority.certificateFile}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${keys.serviceAccounts.publicFile}`,
      `--service-account-signing-key-file=${keys.serviceAccounts.privateFile}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--authorization-mode=RBAC',
      // No controller creates the default service accounts and no kubelet runs Pods: Pods are only objects here.
      '--disable-admission-plugins=ServiceAccount',
      '--endpoint-reconciler-type=none',
      `--audit-policy-file=${auditPolicyFile}`,
      `--audit-log-path=${options.auditLogFile}`,
      '--audit-log-mode=blocking',
      '--audit-log-maxsize=4000',
      ...(options.flags ?? []),
    ],
    logFile: join(directory, 'kube-apiserver.log'),
    isReady: async () => (await client.request('GET', '/readyz')).status === 200,
    readyTimeoutMs: 90_000,
  });
}
