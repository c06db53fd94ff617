import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judgeConfiguration } from '../../../src/config/judge.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import type { SchemaNode } from '../../../src/config/schema-node.ts';
import { parseAddress } from '../../../src/telemetry/address.ts';

const { apiVersion, kind } = configurationSchema.properties;

/** Every part of the schema, by its path. */
function* walk(node: SchemaNode, path = ''): Generator<readonly [path: string, node: SchemaNode]> {
  yield [path, node];
  if (node.items !== undefined) yield* walk(node.items, `${path}[]`);
  for (const [name, child] of Object.entries(node.properties ?? {})) yield* walk(child, `${path}.${name}`);
}

describe('the schema of the configuration', () => {
  const nodes = [...walk(configurationSchema)];

  test('is closed wherever there are fields', () => {
    for (const [path, node] of nodes) if (node.type === 'object') assert.equal(node.additionalProperties, false, path);
  });

  test('describes every field in whole sentences', () => {
    for (const [path, { description }] of nodes) assert.match(description, /^[A-Z/].{8,}\.$/, path);
  });

  test('says what to write wherever a form is prescribed', () => {
    for (const [path, node] of nodes) {
      if (node.pattern !== undefined) assert.match(node['x-expected'] ?? '', /^must be /, path);
    }
  });

  test('has a default for every part, so that nothing need be written', () => {
    for (const [path, node] of nodes) {
      for (const [name, child] of Object.entries(node.properties ?? {})) {
        if (child.type === 'object' && path === '') assert.ok(child.default !== undefined || child.required, name);
      }
    }
  });

  test('takes the addresses that a server listens on, and no others', () => {
    const addresses = ['0', ':0', ':8080', ':65535', ':65536', ':99999', ':100000', '127.0.0.1:1', 'localhost:08080'];
    const others = [
      '[::1]:8080',
      '[::]:0',
      '::1:80',
      '8080',
      '',
      'a b:1',
      'http://a:1',
      ':',
      ':-1',
      '[x]:1',
      '1',
      '00:1',
    ];
    for (const address of [...addresses, ...others]) {
      const document = { apiVersion: apiVersion.const, kind: kind.const, metrics: { address } };
      const isServed = isAddress(address);
      assert.equal(judgeConfiguration(document).isValid, isServed, address);
    }
  });
});

function isAddress(text: string): boolean {
  try {
    parseAddress(text, 'test');
    return true;
  } catch {
    return false;
  }
}
