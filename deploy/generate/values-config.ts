import { dump } from 'js-yaml';
import { configurationSchema } from '../../src/config/schema.ts';
import type { SchemaNode } from '../../src/config/schema-node.ts';
import { podAddress } from './patterns.ts';
import { type JsonSchema, type Section, section, type Value, type Values } from './value.ts';

const {
  apiVersion: _version,
  kind: _kind,
  namespaces,
  ...fields
} = configurationSchema.properties satisfies Readonly<Record<string, SchemaNode>>;

/** What to write, where the default is empty. */
const examples: Readonly<Record<string, unknown>> = {
  'config.ingressClasses': [{ name: 'nginx', controller: fields.ingressClasses.items.properties.controller.enum[0] }],
  'config.issuers.default': { name: 'letsencrypt', kind: 'ClusterIssuer', group: 'cert-manager.io' },
  'config.issuers.allowed': [{ name: 'letsencrypt', kind: 'ClusterIssuer', group: 'cert-manager.io' }],
  'config.limits.idleTimeout': '24h',
  'config.limits.connectTimeout': '1m',
};

/** Fields that a Pod leaves less choice for than a machine. */
const narrower: Readonly<Record<string, JsonSchema>> = {
  'config.metrics.address': podAddress,
  'config.health.address': podAddress,
};

/** The fields of OperatorConfiguration, without the namespaces: those are `watchNamespaces`, on which the rights depend, too. */
export const configuration: Section = section(
  "The operator's configuration file, as a ConfigMap; a change replaces the Pods. Namespaces are set by `watchNamespaces`.",
  toValues(fields, 'config'),
);

export const watchNamespaces: Value = {
  description:
    'Namespaces to serve. Empty: all of them, with a ClusterRole. Else only Roles in these namespaces are made, and every entry of `config.ingressClasses` must name its controller.',
  schema: toSchema(namespaces),
  default: [],
  example: '- team-a\n- team-b',
};

function toValues(properties: Readonly<Record<string, SchemaNode>>, prefix: string): Values {
  const entries = Object.entries(properties).map(([name, node]) => [name, toEntry(node, `${prefix}.${name}`)] as const);
  return Object.fromEntries(entries);
}

/** An object with a default is there in values.yaml, field by field; one without is a value that may be left out. */
function toEntry(node: SchemaNode, path: string): Value | Section {
  if (node.properties !== undefined && node.default !== undefined) {
    return section(node.description, toValues(node.properties, path));
  }
  const example = examples[path];
  return {
    description: node.description,
    schema: { ...toSchema(node), ...narrower[path] },
    ...(node.default !== undefined && { default: node.default }),
    ...(example !== undefined && { example: typeof example === 'string' ? example : dump(example).trimEnd() }),
  };
}

/** Without defaults below the value itself: helm fills in none, the operator does. */
function toSchema(node: SchemaNode): JsonSchema {
  const { description: _description, default: _default, 'x-expected': _expected, items, properties, ...rest } = node;
  const children = Object.entries(properties ?? {}).map(([name, child]) => [
    name,
    { description: child.description, ...toSchema(child) },
  ]);
  return {
    ...rest,
    ...(items !== undefined && { items: toSchema(items) }),
    ...(properties !== undefined && { properties: Object.fromEntries(children) }),
  };
}
