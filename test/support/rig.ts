import { AccessRecord } from './access-record.ts';
import { type Acme, startAcme } from './acme.ts';
import { type Backend, startBackend } from './backend.ts';
import { CERT_MANAGER_NAMESPACE, createCertManager, installCertManagerCrds } from './cert-manager.ts';
import { type ControlPlane, type Identity, startControlPlane } from './control-plane.ts';
import { createControllerManager } from './controller-manager.ts';
import { type IngressNginx, startIngressNginx } from './ingress-nginx/ingress-nginx.ts';
import { runKubectl } from './kubectl.ts';
import type { RestartableProcess } from './process.ts';
import { isInSandbox } from './sandbox.ts';

export type RigPart = 'controller-manager' | 'cert-manager' | 'ingress-nginx' | 'backend' | 'acme';

export interface RigOptions {
  readonly parts: readonly RigPart[];
  readonly progress?: (line: string) => void;
  /** Default: when cert-manager is a part. */
  readonly installCertManagerCrds?: boolean;
  /** Further flags of kube-apiserver. */
  readonly apiserverFlags?: readonly string[];
}

/** A real control plane and data plane in this sandbox. */
export interface Rig extends Omit<ControlPlane, 'stop'> {
  readonly controllerManager?: RestartableProcess;
  readonly certManager?: RestartableProcess;
  readonly ingressNginx?: IngressNginx;
  readonly backend?: Backend;
  readonly acme?: Acme;
  /** Which permissions the operator has used. */
  readonly access: AccessRecord;
  kubectl(...args: string[]): Promise<string>;
  /** `kubectl apply -f -`. */
  apply(manifest: string): Promise<string>;
  /** A kubeconfig with a fresh token of an existing service account. */
  kubeconfigForServiceAccount(account: ServiceAccount): Promise<string>;
  stop(): Promise<void>;
}

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
  /** How long the token lives; the API server allows no less than 600 s. Default 3600. */
  readonly expirationSeconds?: number;
}

type Parts = Pick<Rig, 'controllerManager' | 'certManager' | 'ingressNginx' | 'backend' | 'acme'>;
type Stop = () => Promise<void>;

/** Boots etcd, kube-apiserver and the parts asked for. Stop it in a `finally`, or an `after` hook. */
export async function startRig(options: RigOptions): Promise<Rig> {
  if (!isInSandbox()) {
    throw new Error(
      'the rig runs in a sandbox only: node test/support/in-sandbox.ts COMMAND (see test/support/README.md)',
    );
  }
  const progress = reportElapsed(options.progress);
  const plane = await startControlPlane(options.apiserverFlags);
  progress('etcd and kube-apiserver ready');
  const stops: Stop[] = [];
  try {
    const parts = await startParts(plane, options, stops);
    if (options.parts.length > 0) progress(`${options.parts.join(', ')} ready`);
    const access = new AccessRecord(plane.audit);
    return {
      ...{ ...plane, ...parts, ...conveniences(plane), access },
      async stop() {
        try {
          await access.save();
        } finally {
          await stopAll(plane, stops);
        }
      },
    };
  } catch (error) {
    await stopAll(plane, stops);
    throw error;
  }
}

/** All parts at once: none needs another one to be ready. */
async function startParts(plane: ControlPlane, options: RigOptions, stops: Stop[]): Promise<Parts> {
  const wants = (part: RigPart) => options.parts.includes(part);
  const wantsCrds = options.installCertManagerCrds ?? wants('cert-manager');
  const started = await Promise.allSettled([
    wants('controller-manager') ? startControllerManager(plane, stops) : {},
    startCertManager(plane, wantsCrds, wants('cert-manager'), stops),
    wants('ingress-nginx') ? startDataPlane(plane, stops) : {},
    wants('backend') ? startEchoBackend(plane, stops) : {},
    wants('acme') ? startAcmeServer(plane, stops) : {},
  ]);
  // Wait for all of them before any failure is reported, so that everything that was started is known and stopped.
  const failure = started.find((each) => each.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return Object.assign({}, ...started.map((each) => (each.status === 'fulfilled' ? each.value : {})));
}

async function startControllerManager(plane: ControlPlane, stops: Stop[]): Promise<Parts> {
  const kubeconfig = await plane.kubeconfigFor(partIdentity('system:kube-controller-manager'));
  const controllerManager = createControllerManager(plane.directory, kubeconfig, plane.client);
  stops.push(() => controllerManager.stop());
  await controllerManager.start();
  return { controllerManager };
}

async function startCertManager(
  plane: ControlPlane,
  crds: boolean,
  controllers: boolean,
  stops: Stop[],
): Promise<Parts> {
  if (crds) await installCertManagerCrds(plane.client);
  if (!controllers) return {};
  await plane.client.create('/api/v1/namespaces', { metadata: { name: CERT_MANAGER_NAMESPACE } });
  const kubeconfig = await plane.kubeconfigFor(partIdentity('system:serviceaccount:cert-manager:cert-manager'));
  const certManager = createCertManager(plane.directory, kubeconfig, plane.client);
  stops.push(() => certManager.stop());
  await certManager.start();
  return { certManager };
}

async function startDataPlane(plane: ControlPlane, stops: Stop[]): Promise<Parts> {
  const kubeconfig = await plane.kubeconfigFor(partIdentity('system:serviceaccount:ingress-nginx:ingress-nginx'));
  const ingressNginx = await startIngressNginx(plane.directory, kubeconfig, plane.client);
  stops.push(() => ingressNginx.stop());
  return { ingressNginx };
}

async function startEchoBackend(plane: ControlPlane, stops: Stop[]): Promise<Parts> {
  const backend = await startBackend(plane.directory);
  stops.push(() => backend.stop());
  return { backend };
}

async function startAcmeServer(plane: ControlPlane, stops: Stop[]): Promise<Parts> {
  const acme = await startAcme(plane.directory);
  stops.push(() => acme.stop());
  return { acme };
}

/** A name of its own in the audit log, with every right. */
function partIdentity(user: string): Identity {
  return { user, groups: ['system:masters'] };
}

function conveniences(plane: ControlPlane): Pick<Rig, 'kubectl' | 'apply' | 'kubeconfigForServiceAccount'> {
  return {
    kubectl: (...args) => runKubectl(plane.kubeconfig, args),
    apply: (manifest) => runKubectl(plane.kubeconfig, ['apply', '-f', '-'], manifest),
    async kubeconfigForServiceAccount({ namespace, name, expirationSeconds = 3600 }) {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
      const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds } };
      return plane.kubeconfigForToken((await plane.client.create(path, request)).status.token);
    },
  };
}

async function stopAll(plane: ControlPlane, stops: readonly Stop[]): Promise<void> {
  await Promise.all(stops.map((stop) => stop()));
  await plane.stop();
}

function reportElapsed(progress: RigOptions['progress']): (what: string) => void {
  const since = Date.now();
  return (what) => progress?.(`${what} after ${((Date.now() - since) / 1000).toFixed(1)} s`);
}
