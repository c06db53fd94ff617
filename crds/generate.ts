/**
 * Writes what follows from `crds/wssroutes.yaml`: TypeScript types, the schema for the offline validator, the field reference; in the
 * README the matrix of what each controller supports, which follows from `src/dialects`, and the list of paths that are broken for real,
 * which follows from `test/e2e/broken-cases.ts`; and in `deploy/README.md` the table of reasons,
 * which follows from `src/api/conditions.ts`, that of the configuration, which follows from `src/config/schema.ts`, that of broken paths,
 * which follows from `src/api/failure-reasons.ts`, and that of findings, which follows from `src/lint/finding-reasons.ts`.
 * `--check` writes nothing and fails, naming the files that are stale.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import type { StructuralSchema } from '../src/api/schema.ts';
import { insertBrokenLinks, insertBrokenPaths } from './broken-paths.ts';
import { insertConfiguration } from './configuration.ts';
import { insertFindings } from './findings.ts';
import { insertReasons } from './reasons.ts';
import { renderReference } from './reference.ts';
import { insertSupport } from './support.ts';

interface Crd {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: StructuralSchema } }[] };
}

const notice = 'Generated from crds/wssroutes.yaml by `npm run generate`. Do not edit.';
const crd = load(await readFile(new URL('wssroutes.yaml', import.meta.url), 'utf8')) as Crd;
const schema = crd.spec.versions[0]?.schema.openAPIV3Schema;
if (schema === undefined) throw new Error('crds/wssroutes.yaml has no versions[0].schema.openAPIV3Schema');

const outputs: ReadonlyMap<string, string> = new Map([
  ['../src/api/wssroute.generated.ts', await renderTypes(schema)],
  ['../src/api/schema.generated.ts', renderSchema(schema)],
  ['README.md', renderReference(schema, notice)],
  ['../README.md', insertBrokenLinks(insertSupport(await readPage('../README.md')))],
  ['../deploy/README.md', insertTables(await readPage('../deploy/README.md'))],
]);

const stale: string[] = [];
for (const [file, content] of outputs) {
  const url = new URL(file, import.meta.url);
  const current = await readFile(url, 'utf8').catch(() => '');
  if (current === content) continue;
  stale.push(new URL(file, 'file:///crds/').pathname.slice(1));
  if (!process.argv.includes('--check')) await writeFile(url, content);
}
if (stale.length > 0) {
  const isCheck = process.argv.includes('--check');
  console.log(`${isCheck ? 'stale (run `npm run generate`)' : 'written'}: ${stale.join(', ')}`);
  process.exitCode = isCheck ? 1 : 0;
}

function insertTables(page: string): string {
  return insertFindings(insertReasons(insertBrokenPaths(insertConfiguration(page))));
}

/** Empty where there is none yet. */
function readPage(file: string): Promise<string> {
  return readFile(new URL(file, import.meta.url), 'utf8').catch(() => '');
}

/** Types of the object as the API server returns it: what has a default is there. */
async function renderTypes(root: StructuralSchema): Promise<string> {
  const spec = root.properties?.spec;
  const status = root.properties?.status;
  if (spec === undefined || status === undefined) throw new Error('the schema has no spec or no status');
  const named = new Set<string>();
  const merged: JSONSchema = {
    type: 'object',
    required: ['spec', 'status'],
    additionalProperties: false,
    properties: { spec: toJsonSchema(spec, named), status: toJsonSchema(status, named) },
  };
  const body = await compile(merged, 'Generated', {
    bannerComment: `/* ${notice} */`,
    format: true,
    style: { singleQuote: true, printWidth: 120 },
    ignoreMinAndMaxItems: true,
    unknownAny: true,
  });
  return body
    .replace(/export interface Generated \{[\s\S]*?\n\}\n/, '')
    .replace(/^(\s+)("?[a-zA-Z]+"?\??: )/gm, '$1readonly $2')
    .replace(/: ([A-Za-z]+|\([^)]*\))\[\];/g, ': readonly $1[];');
}

/** A type that is used in several places is written where it comes first. */
function toJsonSchema(node: StructuralSchema, named: Set<string>): JSONSchema {
  if (node.title !== undefined && named.has(node.title)) return { tsType: node.title };
  if (node.title !== undefined) named.add(node.title);
  if (node['x-kubernetes-int-or-string']) return { type: ['integer', 'string'], description: node.description ?? '' };
  const { properties, items, required, title, description, type, enum: values } = node;
  const defaulted = Object.entries(properties ?? {}).filter(([, child]) => 'default' in child && child !== node);
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(type === undefined ? {} : { type: type as 'object' }),
    ...(values === undefined ? {} : { enum: [...values] as (string | number)[] }),
    ...(items === undefined ? {} : { items: toJsonSchema(items, named) }),
    ...(properties === undefined
      ? {}
      : {
          additionalProperties: false,
          required: [...new Set([...(required ?? []), ...defaulted.map(([name]) => name)])],
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, child]) => [name, toJsonSchema(child, named)]),
          ),
        }),
  };
}

function renderSchema(root: StructuralSchema): string {
  const { spec } = root.properties ?? {};
  return `/* ${notice} */
import type { StructuralSchema } from './schema.ts';

/** Schema of \`spec\`, with its CEL rules. */
export const specSchema: StructuralSchema = ${JSON.stringify(spec, null, 2)};
`;
}
