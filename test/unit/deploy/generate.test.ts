import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv } from 'ajv';
import { load } from 'js-yaml';
import { annotationForms } from '../../../deploy/generate/annotations.ts';
import { listOutputs } from '../../../deploy/generate/outputs.ts';
import { isSection, type Values } from '../../../deploy/generate/value.ts';
import { values } from '../../../deploy/generate/values.ts';
import type { KubeObject } from '../../../src/api/objects.ts';
import type { WssRoute } from '../../../src/api/wssroute.ts';
import { judgeConfiguration } from '../../../src/config/judge.ts';
import type { Dialect } from '../../../src/dialects/dialect.ts';
import { dialects } from '../../../src/dialects/registry.ts';
import type { Features } from '../../../src/route/plan.ts';
import { parseVersion } from '../../../src/route/version.ts';

const root = join(import.meta.dirname, '../../..');
const defaults = load(read('deploy/chart/values.yaml')) as Readonly<Record<string, unknown>>;
const schema = JSON.parse(read('deploy/chart/values.schema.json'));

const everything: Required<Features> = {
  idleTimeout: 3600,
  connectTimeout: 5,
  redirect: true,
  cookieAffinity: { name: 'WSSROUTE', maxAgeSeconds: 60 },
  sourceAffinity: true,
  leastConnections: true,
  connectionsPerClient: 10,
  handshakesPerSecond: 5,
  handshakeBurst: 20,
  allowedSources: ['192.0.2.0/24', '2001:db8::/32'],
  allowedOrigins: ['https://app.example.com'],
  tlsProfile: 'Intermediate',
  backendTLS: true,
  hsts: { maxAgeSeconds: 60, includeSubDomains: true },
};

test('what is generated is fresh', async () => {
  for (const [file, content] of await listOutputs()) {
    assert.ok(existsSync(join(root, 'deploy', file)), `deploy/${file} is missing: run \`npm run generate\``);
    assert.equal(read(`deploy/${file}`), content, `deploy/${file} is stale: run \`npm run generate\``);
  }
});

describe('values.yaml', () => {
  test('holds every default, and nothing else', () => {
    assert.deepEqual(defaults, collectDefaults(values));
  });

  test('satisfies its schema', () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
    assert.ok(validate(defaults), JSON.stringify(validate.errors));
  });

  test('is a configuration that the operator takes', () => {
    const judgement = judgeConfiguration({
      apiVersion: 'config.wssroute.dev/v1alpha1',
      kind: 'OperatorConfiguration',
      ...(defaults.config as object),
    });
    assert.deepEqual(judgement.isValid ? [] : judgement.problems, []);
  });

  test('shows an example for what is empty, and the schema takes it', () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
    const examples = collectExamples(values, []);
    assert.ok(examples.length > 30, `${examples.length} examples`);
    for (const [path, text] of examples) {
      const candidate = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), load(text));
      assert.ok(validate(candidate), `${path.join('.')}: ${JSON.stringify(validate.errors)}`);
    }
  });
});

describe('values.schema.json', () => {
  test('is closed on every level: an object says which fields it has, or what all its values are', () => {
    const open = findOpenObjects(schema, '');
    // A chart above this one hands down whatever it likes, and extra objects are of any kind.
    assert.deepEqual(open, ['/properties/extraObjects/items', '/properties/global']);
  });

  test('refuses what it does not know, wherever it stands', () => {
    const validate = new Ajv({ strict: false }).compile(schema);
    for (const path of listSections(values, [])) {
      const wrong = [...path, 'unknown'].reduceRight<unknown>((inner, name) => ({ [name]: inner }), true);
      assert.equal(validate(wrong), false, `${path.join('.')}.unknown is taken`);
    }
  });
});

describe('forms of annotations, for the admission policy', () => {
  const written = new Map<string, Set<string>>();
  for (const object of dialects.flatMap(emitEverything)) {
    for (const [name, value] of Object.entries(object.metadata.annotations ?? {})) {
      written.set(name, (written.get(name) ?? new Set()).add(value));
    }
  }

  test('are there for exactly the annotations that the dialects write', () => {
    assert.deepEqual(Object.keys(annotationForms).sort(), [...written.keys()].sort());
  });

  test('fit what is written', () => {
    for (const [name, form] of Object.entries(annotationForms)) {
      for (const value of written.get(name) ?? []) assert.match(value, new RegExp(form), name);
    }
  });

  test('let nothing through that ends a directive of nginx', () => {
    for (const [name, form] of Object.entries(annotationForms)) {
      for (const sample of [...(written.get(name) ?? [])]) {
        for (const evil of ['\n', ';', '{', '}', '#', ' ', '"', "'", '\\', '']) {
          const value = evil === '' ? '' : `${sample}${evil}`;
          assert.doesNotMatch(value, new RegExp(form), `${name}: ${JSON.stringify(value)}`);
        }
      }
    }
  });
});

/** What a dialect writes for every feature, for those that exclude each other one by one, for old and new controllers. */
function emitEverything(dialect: Dialect): readonly KubeObject[] {
  const { cookieAffinity: _cookie, sourceAffinity: _source, ...balanced } = everything;
  const route = { metadata: { name: 'chat' } } as WssRoute;
  const service = { name: 'chat', port: 80 };
  const attachment = { kind: 'IngressClass', name: 'nginx' } as const;
  const hosts = ['', 'chat.example.com'].map((host) => ({
    host,
    paths: [
      { path: '/', pathType: 'Prefix' as const, service, backendTLS: { serverName: 'chat.internal' } },
      {
        ...{ path: '/verified', pathType: 'Prefix' as const, service },
        backendTLS: { serverName: 'chat.internal', caRef: { kind: 'Secret' as const, name: 'chat-ca' } },
      },
    ],
    rank: 0,
  }));
  return [everything, balanced, { ...everything, redirect: false }].flatMap((features) =>
    [undefined, '1.0', '1.99', '5.99'].flatMap((version) =>
      dialect.emit(
        { route, attachment, hosts, secretName: 'chat', isCertificateReady: true, features },
        { version: version === undefined ? undefined : parseVersion(version) },
      ),
    ),
  );
}

function collectDefaults(all: Values): Readonly<Record<string, unknown>> {
  const entries = Object.entries(all).flatMap(([name, entry]) => {
    if (isSection(entry)) return [[name, collectDefaults(entry.values)] as const];
    return entry.default === undefined ? [] : [[name, entry.default] as const];
  });
  return Object.fromEntries(entries);
}

function collectExamples(all: Values, path: readonly string[]): readonly (readonly [readonly string[], string])[] {
  return Object.entries(all).flatMap(([name, entry]) => {
    const place = [...path, name];
    if (isSection(entry)) return collectExamples(entry.values, place);
    return entry.example === undefined ? [] : [[place, entry.example] as const];
  });
}

function listSections(all: Values, path: readonly string[]): readonly (readonly string[])[] {
  const inner = Object.entries(all).flatMap(([name, entry]) =>
    isSection(entry) ? listSections(entry.values, [...path, name]) : [],
  );
  return [path, ...inner];
}

function findOpenObjects(node: unknown, path: string): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, additionalProperties } = node as { readonly type?: unknown; readonly additionalProperties?: unknown };
  const isObject = type === 'object' || (Array.isArray(type) && type.includes('object'));
  const isOpen = isObject && additionalProperties !== false && typeof additionalProperties !== 'object';
  const inner = Object.entries(node)
    .filter(([key]) => key !== 'default')
    .flatMap(([key, child]) => findOpenObjects(child, `${path}/${key}`));
  return isOpen ? [path, ...inner] : inner;
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
