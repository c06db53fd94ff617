/**
 * node deploy/generate/extract-kubernetes-schemas.ts
 *
 * Writes kubernetes-schemas.json: the schemas of the Kubernetes types that the chart's values hold, closed, from the API
 * description in the module of Kubernetes that the tests build. Needs Go, so it is run by hand when that version changes.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonSchema } from './value.ts';

const types = [
  'apps.v1.DeploymentStrategy',
  'core.v1.Affinity',
  'core.v1.EnvVar',
  'core.v1.LocalObjectReference',
  'core.v1.PodSecurityContext',
  'core.v1.ResourceRequirements',
  'core.v1.SecurityContext',
  'core.v1.Toleration',
  'core.v1.TopologySpreadConstraint',
  'core.v1.Volume',
  'core.v1.VolumeMount',
  'networking.v1.NetworkPolicyEgressRule',
  'networking.v1.NetworkPolicyIngressRule',
  'networking.v1.NetworkPolicyPeer',
];

/** Types that are written by a JSON encoder of their own, which the description does not tell. */
const scalars: Readonly<Record<string, JsonSchema>> = {
  IntOrString: { type: ['integer', 'string'] },
  Quantity: { type: ['string', 'number'] },
};

/** What the API server takes of the metadata of a PersistentVolumeClaim that belongs to a volume (PersistentVolumeClaimTemplate). */
const texts = { type: 'object', additionalProperties: { type: 'string' } };
const metadata = {
  type: 'object',
  additionalProperties: false,
  properties: { annotations: texts, labels: texts },
} as const satisfies JsonSchema;

interface Definition {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Definition>>;
  readonly additionalProperties?: Definition;
  readonly items?: Definition;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
}

const module = join(import.meta.dirname, '../../test/support/parts/kubernetes');
const folder = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', 'k8s.io/kubernetes'], {
  cwd: module,
  encoding: 'utf8',
});
const { definitions } = JSON.parse(readFileSync(join(folder.trim(), 'api/openapi-spec/swagger.json'), 'utf8')) as {
  readonly definitions: Readonly<Record<string, Definition>>;
};
const schemas: Record<string, JsonSchema> = {};
for (const type of types) add(`io.k8s.api.${type}`);
const sorted = Object.fromEntries(Object.entries(schemas).sort(([left], [right]) => (left < right ? -1 : 1)));
writeFileSync(join(import.meta.dirname, 'kubernetes-schemas.json'), `${JSON.stringify(sorted, null, 2)}\n`);

function add(name: string): void {
  const short = shorten(name);
  if (short in schemas) return;
  const definition = definitions[name];
  if (definition === undefined) throw new Error(`Kubernetes describes no ${name}`);
  schemas[short] = {}; // Before its fields, which may refer to it.
  schemas[short] = short === 'ObjectMeta' ? metadata : (scalars[short] ?? close(definition));
}

function close({
  $ref,
  type,
  properties,
  additionalProperties,
  items,
  required,
  enum: values,
}: Definition): JsonSchema {
  if ($ref !== undefined) {
    const name = $ref.replace('#/definitions/', '');
    add(name);
    return { $ref: `#/$defs/${shorten(name)}` };
  }
  const fields = Object.entries(properties ?? {}).map(([name, child]) => [name, close(child)] as const);
  return {
    ...(type !== undefined && { type }),
    ...(values !== undefined && { enum: values }),
    ...(required !== undefined && { required }),
    ...(items !== undefined && { items: close(items) }),
    ...(properties !== undefined && { additionalProperties: false, properties: Object.fromEntries(fields) }),
    ...(additionalProperties !== undefined && { additionalProperties: close(additionalProperties) }),
  };
}

/** `io.k8s.api.core.v1.Affinity` is `Affinity`; no two types that are used here share a last word. */
function shorten(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
