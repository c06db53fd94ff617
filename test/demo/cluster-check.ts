import type { Kubectl } from './kubectl.ts';
import type { Screen } from './screen.ts';

const controller = 'k8s.io/ingress-nginx';
const wantedClass = 'nginx';

/** What the demo found in a cluster. */
export interface ClusterFacts {
  readonly ingressClassName: string;
}

/** Throws an error that says what to install when the cluster lacks what the demo needs. */
export async function checkCluster(screen: Screen, kubectl: Kubectl): Promise<ClusterFacts> {
  const version = await screen.step('the cluster answers', () => kubectl.run(['version', '--output=json']));
  screen.note(`Kubernetes ${JSON.parse(version).serverVersion.gitVersion}`);
  await screen.step('cert-manager is installed', () => checkCertManager(kubectl));
  const ingressClassName = await screen.step('an IngressClass of ingress-nginx is there', () => findClass(kubectl));
  return { ingressClassName };
}

async function checkCertManager(kubectl: Kubectl): Promise<void> {
  const name = 'certificates.cert-manager.io';
  const { items } = await kubectl.getJson('crds', `--field-selector=metadata.name=${name}`);
  if (items.length > 0) return;
  throw new Error(
    `there is no CustomResourceDefinition ${name}. Install cert-manager: https://cert-manager.io/docs/installation`,
  );
}

async function findClass(kubectl: Kubectl): Promise<string> {
  const { items } = await kubectl.getJson('ingressclasses');
  const classes: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly controller: string };
  }[] = items;
  const fitting = classes.filter(({ spec }) => spec.controller === controller).map(({ metadata }) => metadata.name);
  const chosen = fitting.find((name) => name === wantedClass) ?? fitting[0];
  if (chosen !== undefined) return chosen;
  const found =
    classes.map(({ metadata, spec }) => `${metadata.name} (${spec.controller})`).join(', ') || 'none at all';
  throw new Error(
    `no IngressClass has the controller ${controller}; found ${found}. Install ingress-nginx: https://kubernetes.github.io/ingress-nginx/deploy`,
  );
}
