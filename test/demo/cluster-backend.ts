import { waitUntil } from '../support/wait-until.ts';
import type { Kubectl } from './kubectl.ts';

const name = 'chat';
const port = 8080;
const image = 'docker.io/jmalloc/echo-server:0.3.7';

/** A Deployment of a public ws:// echo server and its Service; waits until the Service has an endpoint that is ready. */
export async function provideEchoServer(kubectl: Kubectl, namespace: string): Promise<void> {
  await kubectl.apply(listObjects(namespace));
  const which = ['endpointslices', `--namespace=${namespace}`, `--selector=kubernetes.io/service-name=${name}`];
  const hasEndpoint = async () => {
    const { items } = await kubectl.getJson(...which);
    return items.some(({ endpoints }: Slice) => endpoints?.some(({ conditions }) => conditions?.ready !== false));
  };
  await waitUntil(hasEndpoint, {
    what: `an endpoint of Service ${name} to be ready`,
    timeoutMs: 180_000,
    intervalMs: 500,
    explain: () => kubectl.run(['get', 'pods,events', `--namespace=${namespace}`]),
  });
}

interface Slice {
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[];
}

function listObjects(namespace: string): readonly object[] {
  const labels = { 'app.kubernetes.io/name': name };
  const metadata = { namespace, name, labels };
  const container = {
    name,
    image,
    ports: [{ name: 'ws', containerPort: port }],
    readinessProbe: { tcpSocket: { port } },
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
    // Restricted Pod security; the server needs nothing.
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      runAsUser: 65_534,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
  const template = { metadata: { labels }, spec: { automountServiceAccountToken: false, containers: [container] } };
  return [
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector: { matchLabels: labels }, template } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ name: 'ws', port, targetPort: port }] },
    },
  ];
}
