import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { load } from 'js-yaml';
import { reasons } from '../../../src/api/conditions.ts';
import { apiVersionOf, wssRouteKind } from '../../../src/api/kinds.ts';
import { specSchema } from '../../../src/api/schema.generated.ts';
import type { StructuralSchema } from '../../../src/api/schema.ts';
import type { WssRouteStatus } from '../../../src/api/wssroute.generated.ts';

interface Crd {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: StructuralSchema };
    }[];
  };
}

const crd = load(readFileSync(new URL('../../../crds/wssroutes.yaml', import.meta.url), 'utf8')) as Crd;
const [version] = crd.spec.versions;
const root = version?.schema.openAPIV3Schema ?? {};
const fields = listFields(root, '');

describe('the schema', () => {
  test('describes every field', () => {
    const silent = fields.filter(([path, { description }]) => path !== '.metadata' && (description ?? '') === '');
    assert.deepEqual(
      silent.map(([path]) => path),
      [],
    );
    assert.ok(fields.length > 70);
  });

  test('bounds every list and every text, so that the cost of its rules is bounded as well', () => {
    for (const [path, { type, format, enum: values, items, maxItems, maxLength }] of fields) {
      if (!path.startsWith('.spec')) continue;
      if (type === 'array') assert.ok(maxItems !== undefined && items !== undefined, path);
      const texts = items?.type === 'string' ? items : { type, maxLength, enum: values, format };
      if (texts.type === 'string') assert.ok(texts.maxLength !== undefined || texts.enum !== undefined, path);
    }
  });

  test('bounds every number', () => {
    for (const [path, { type, minimum, maximum, enum: values }] of fields) {
      if (type !== 'integer' || !path.startsWith('.spec')) continue;
      assert.ok(values !== undefined || (minimum !== undefined && maximum !== undefined), path);
    }
  });

  test('says in every rule what to write', () => {
    const rules = [root, ...fields.flatMap(([, field]) => [field, field.items ?? {}])].flatMap(
      (node) => node['x-kubernetes-validations'] ?? [],
    );
    assert.ok(rules.length > 30);
    for (const { rule, message } of rules) assert.match(message, /must|need|used with|empty/, rule);
  });

  test('is the one that the offline validator has', () => {
    assert.deepEqual(specSchema, root.properties?.spec);
  });

  test('is of the kind that the operator watches', () => {
    const { group, names } = crd.spec;
    assert.deepEqual(
      [group, version?.name, names.kind, names.plural],
      ['wssroute.dev', 'v1alpha1', wssRouteKind.kind, wssRouteKind.plural],
    );
    assert.equal(apiVersionOf(wssRouteKind), `${group}/${version?.name}`);
  });

  test('begins the status of a new route, and one that is emptied, with a reason of the catalogue', () => {
    const status = root.properties?.status;
    assert.deepEqual(status?.default, {});
    const start = status?.properties?.conditions?.default as WssRouteStatus['conditions'] | undefined;
    assert.deepEqual(
      start?.map(({ type, status: value }) => `${type}=${value}`),
      ['Ready=Unknown'],
    );
    for (const { reason } of start ?? []) assert.ok(reason in reasons);
  });
});

function listFields(node: StructuralSchema, path: string): readonly (readonly [string, StructuralSchema])[] {
  const leaf = node.items ?? node;
  return Object.entries(leaf.properties ?? {}).flatMap(([name, child]) => [
    [`${path}.${name}`, child] as const,
    ...listFields(child, `${path}.${name}`),
  ]);
}
