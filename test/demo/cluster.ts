import { join, resolve } from 'node:path';
import { provideEchoServer } from './cluster-backend.ts';
import { checkCluster } from './cluster-check.ts';
import { type Course, conclude } from './conclude.ts';
import { findKubectl, Kubectl } from './kubectl.ts';
import type { DemoOptions } from './options.ts';
import { createScratchDirectory } from './scratch-directory.ts';
import type { Screen } from './screen.ts';
import type { Stage } from './stage.ts';
import { tellStory } from './story.ts';

const namespace = 'wss-demo';
/** Marks the namespace as one that the demo may delete. */
const mark = 'wssroute.dev/demo';
const definition = 'wssroutes.wssroute.dev';
const definitionFile = join(import.meta.dirname, '..', '..', 'crds', 'wssroutes.yaml');

type ClusterOptions = Extract<DemoOptions, { readonly mode: 'cluster' }>;

/** The demo on a cluster that is there. Returns the exit code. */
export function runOnCluster(screen: Screen, options: ClusterOptions): Promise<number> {
  return conclude(screen, async (course) => {
    const { undo, signal } = course;
    const scratch = await createScratchDirectory();
    undo.defer(() => scratch.remove());
    const settings = {
      command: findKubectl() ?? 'kubectl',
      kubeconfig: resolve(options.kubeconfig),
      cacheDirectory: join(scratch.path, 'kubectl-cache'),
    };
    const guard = (pid: number) => scratch.guard(pid);
    const kubectl = new Kubectl({ ...settings, signal, guard });
    const { ingressClassName } = await checkCluster(screen, kubectl);
    await installDefinition(screen, kubectl);
    // The removal runs when the signal has aborted already.
    await claimNamespace(screen, kubectl, new Kubectl(settings), options, course);
    const stage: Stage = {
      kubectl,
      kubectlCommand: `kubectl --kubeconfig ${options.kubeconfig}`,
      namespace,
      directory: scratch.path,
      issuer: { kind: 'Issuer', name: 'demo-ca', namespace },
      ingressClassName,
      operator: { kubeconfig: settings.kubeconfig, args: ['--namespace', namespace] },
      ...(options.address !== undefined && { address: options.address }),
      guard,
      provideBackend: () => provideEchoServer(kubectl, namespace),
      readLog: () => '',
    };
    await tellStory(stage, screen, course);
    if (!options.keep) return 'end';
    screen.note('the operator goes on as this process; changes of the route appear here. Ctrl-C stops it');
    return 'stay';
  });
}

async function installDefinition(screen: Screen, kubectl: Kubectl): Promise<void> {
  await screen.step(
    `installed the CustomResourceDefinition by server-side apply; it stays: kubectl delete crd ${definition}`,
    async () => {
      await kubectl.run(['apply', '--server-side', `--filename=${definitionFile}`]);
      await kubectl.run(['wait', '--for=condition=Established', `crd/${definition}`, '--timeout=60s']);
    },
  );
}

/** Makes the namespace, and removes it in the end unless it is to be kept. */
async function claimNamespace(
  screen: Screen,
  kubectl: Kubectl,
  remover: Kubectl,
  { keep, kubeconfig }: ClusterOptions,
  { undo }: Course,
): Promise<void> {
  const { items } = await kubectl.getJson('namespaces', `--field-selector=metadata.name=${namespace}`);
  if (items.length > 0 && items[0].metadata.labels?.[mark] !== 'true') {
    throw new Error(`namespace ${namespace} is there already and not of the demo: it has no label ${mark}=true`);
  }
  const removal = `kubectl --kubeconfig ${kubeconfig} delete namespace ${namespace}`;
  undo.defer(async () => {
    if (keep) return screen.note(`namespace ${namespace} stays; to remove it: ${removal}`);
    await screen.step(`removed namespace ${namespace}`, () =>
      remover.run(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']),
    );
  });
  await screen.step(`namespace ${namespace} is there (if this process is killed: ${removal})`, () =>
    kubectl.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { [mark]: 'true' } } }]),
  );
}
