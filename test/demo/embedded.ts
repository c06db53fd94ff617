import { chmod, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publishBackend } from '../support/backend.ts';
import { CERT_MANAGER_NAMESPACE } from '../support/cert-manager.ts';
import { installOperator, operatorUser } from '../support/operator.ts';
import { openRelay } from '../support/relay.ts';
import { type Rig, startRig } from '../support/rig.ts';
import type { Authority } from './authority.ts';
import type { Course } from './conclude.ts';
import { builtKubectl, Kubectl } from './kubectl.ts';
import { readTail } from './operator-process.ts';
import type { Screen } from './screen.ts';
import type { Stage } from './stage.ts';
import { tellStory } from './story.ts';

const namespace = 'demo';

/** How to be reached from outside of the sandbox: through sockets in a folder that both sides see. */
export interface Exposure {
  readonly directory: string;
  /** Ports of 127.0.0.1 outside of the sandbox. */
  readonly apiPort: number;
  readonly httpsPort: number;
}

export const apiSocket = 'api.sock';
export const httpsSocket = 'https.sock';

/** The demo on a control plane of its own. Runs in a sandbox. */
export async function runEmbedded(screen: Screen, course: Course, exposure?: Exposure): Promise<'stay' | 'end'> {
  const rig = await bootRig(screen);
  await screen.step(`CustomResourceDefinition, and user ${operatorUser} with the operator's permissions only`, () =>
    installOperator(rig),
  );
  const stage = await createStage(rig, course.signal);
  await stage.kubectl.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  const authority = await tellStory(stage, screen, course);
  if (exposure === undefined) {
    screen.note('done; all of this is gone with the demo. `npm run demo -- --keep` keeps it until Ctrl-C');
    return 'end';
  }
  await expose(rig, authority, exposure, course);
  return 'stay';
}

/** Nothing stops it: it ends with the sandbox, all at once, and so does its folder. */
async function bootRig(screen: Screen): Promise<Rig> {
  screen.note('starting a control plane in a sandbox');
  const parts = ['controller-manager', 'cert-manager', 'ingress-nginx', 'backend'] as const;
  return screen.step('control plane runs: etcd, kube-apiserver, cert-manager, ingress-nginx with nginx', () =>
    startRig({ parts }),
  );
}

async function createStage(rig: Rig, signal: AbortSignal): Promise<Stage> {
  const { directory, kubeconfig } = rig;
  const cacheDirectory = join(directory, 'kubectl-cache');
  return {
    kubectl: new Kubectl({ command: builtKubectl(), kubeconfig, cacheDirectory, signal }),
    kubectlCommand: 'kubectl',
    namespace,
    directory,
    issuer: { kind: 'ClusterIssuer', name: 'letsencrypt', namespace: CERT_MANAGER_NAMESPACE },
    ingressClassName: rig.ingressNginx?.ingressClassName ?? 'nginx',
    operator: { kubeconfig: await rig.kubeconfigFor({ user: operatorUser, groups: [] }), args: [] },
    provideBackend: () => publishBackend(rig, { namespace, name: 'chat', port: 8080, portName: 'ws' }),
    readLog(part) {
      const process = part === 'cert-manager' ? rig.certManager : rig.ingressNginx?.process;
      return process === undefined ? '' : readTail(process.logFile);
    },
  };
}

/** Makes the API server and nginx reachable from outside, and writes what is needed to use them. */
async function expose(rig: Rig, authority: Authority, exposure: Exposure, { undo }: Course): Promise<void> {
  const { directory, apiPort } = exposure;
  for (const [name, port] of [
    [apiSocket, 6443],
    [httpsSocket, 443],
  ] as const) {
    const relay = await openRelay({ path: join(directory, name) }, { port });
    undo.defer(() => relay.close());
  }
  // With its keys inside: the files that it names are in the sandbox.
  const config = JSON.parse(await rig.kubectl('config', 'view', '--raw', '--flatten', '--output=json'));
  for (const { cluster } of config.clusters) cluster.server = `https://127.0.0.1:${apiPort}`;
  await writeFile(join(directory, 'kubeconfig'), JSON.stringify(config, null, 2), { mode: 0o600 });
  const rootFile = join(directory, 'root.pem');
  await copyFile(authority.rootFile, rootFile);
  await chmod(rootFile, 0o644);
}
