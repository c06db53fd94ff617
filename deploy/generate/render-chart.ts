import { dump, load } from 'js-yaml';

export interface Release {
  readonly version: string;
  readonly description: string;
  readonly license: string;
}

const home = 'https://github.com/wss-operator/wss-operator';
const image = 'ghcr.io/wss-operator/wss-operator';

/** Chart.yaml. `example` is the YAML of one WssRoute, for Artifact Hub. */
export function renderChart({ version, description, license }: Release, example: string, notice: string): string {
  const chart = {
    apiVersion: 'v2',
    name: 'wss-operator',
    description,
    type: 'application',
    version,
    appVersion: version,
    // 1.31 is the oldest release that the CRD's rules and the policies are checked against.
    kubeVersion: '>=1.31.0-0',
    home,
    sources: [home],
    keywords: [
      'websocket',
      'wss',
      'tls',
      'ingress',
      'ingress-nginx',
      'cert-manager',
      'operator',
      'certificate',
      'kubernetes',
    ],
    maintainers: [{ name: 'wss-operator', url: home }],
    annotations: {
      'artifacthub.io/category': 'networking',
      'artifacthub.io/license': license,
      'artifacthub.io/operator': 'true',
      'artifacthub.io/operatorCapabilities': 'Basic Install',
      'artifacthub.io/prerelease': String(isPrerelease(version)),
      'artifacthub.io/images': asYaml([{ name: 'wss-operator', image: `${image}:${version}` }]),
      'artifacthub.io/links': asYaml([
        { name: 'Documentation', url: `${home}#readme` },
        { name: 'Fields of WssRoute', url: `${home}/blob/main/crds/README.md` },
        { name: 'Support', url: `${home}/issues` },
      ]),
      'artifacthub.io/crds': asYaml([
        {
          kind: 'WssRoute',
          version: 'v1alpha1',
          name: 'wssroutes.wssroute.dev',
          displayName: 'WebSocket route',
          description: 'Publishes an unchanged ws:// backend as wss://.',
        },
      ]),
      'artifacthub.io/crdsExamples': asYaml([load(example)]),
      'artifacthub.io/changes': asYaml([{ kind: 'added', description: 'First version of the chart.' }]),
    },
  };
  return `# ${notice}\n${dump(chart, { lineWidth: -1, quoteStyle: 'double' })}`;
}

/** Before 1.0.0 everything may change. */
function isPrerelease(version: string): boolean {
  return version.startsWith('0.') || version.includes('-');
}

/** Artifact Hub takes lists as text that holds YAML. */
function asYaml(value: unknown): string {
  return dump(value, { lineWidth: -1, quoteStyle: 'double' });
}
