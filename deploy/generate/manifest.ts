import { buildParts } from '../../test/support/build-parts.ts';
import { chartDirectory, helm } from '../../test/support/helm.ts';

const namespace = 'wss-system';
const head = `# Generated from deploy/chart by \`npm run generate\`. Do not edit. kubectl apply --server-side -f install.yaml
apiVersion: v1
kind: Namespace
metadata:
  name: ${namespace}
  labels:
    app.kubernetes.io/name: wss-operator
    app.kubernetes.io/part-of: wss-operator
    # Nothing in this namespace needs more, so nothing may have more (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/audit: restricted
    pod-security.kubernetes.io/warn: restricted
`;

/** Without helm nobody keeps a resource, and nobody's release it is. */
const helmOnly = /^ *(?:app\.kubernetes\.io\/managed-by: Helm|helm\.sh\/chart: .*|# Source: .*)\n/gm;

/** install.yaml: what the chart renders with its own values, for people without helm. Builds helm when it is not there yet. */
export async function renderManifest(): Promise<string> {
  await buildParts(['helm'], (line) => console.error(line));
  const args = ['template', 'wss-operator', chartDirectory, '--namespace', namespace, '--set', 'crds.keep=false'];
  const objects = (await helm(args)).replace(helmOnly, '').split(/^---\n/m);
  const bodies = objects.map((object) => object.trim()).filter((object) => object !== '');
  return [head, ...bodies.map((body) => `${body}\n`)].join('---\n');
}
