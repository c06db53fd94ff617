import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatProblem } from '../../../src/api/problem.ts';
import { specSchema } from '../../../src/api/schema.generated.ts';
import type { StructuralSchema } from '../../../src/api/schema.ts';
import { readDocuments } from '../../../src/cli/documents.ts';
import { formatProblems, renderDocuments } from '../../../src/cli/offline.ts';
import { validateRoute } from '../../../src/route/validate.ts';
import { invalidDocuments, invalidFiles } from './invalid-documents.ts';

const neighbour = `
---
apiVersion: wssroute.dev/v1alpha1
kind: WssRoute
metadata: { name: neighbour }
spec:
  hosts: [neighbour.example.com]
  ingressClassName: nginx
  tls: { secretName: neighbour-tls }
  paths: [{ path: /ws, service: { name: chat, port: 8080 } }]
`;

describe('an invalid route', () => {
  for (const { file, title, field, says, object } of invalidDocuments) {
    test(`is refused with the field and the fix: ${file}: ${title}`, () => {
      const validation = validateRoute(object);
      assert.equal(validation.isValid, false);
      const problems = validation.isValid ? [] : validation.problems;
      const named = problems.find(({ path }) => path === field);
      assert.ok(named, `${field} is not among ${problems.map(formatProblem).join('; ')}`);
      assert.ok(formatProblem(named).includes(says), formatProblem(named));
    });
  }

  test('is named by exactly the fields that are wrong', () => {
    for (const { file, title, object } of invalidDocuments) {
      const validation = validateRoute(object);
      const paths = new Set(validation.isValid ? [] : validation.problems.map(({ path }) => path));
      assert.equal(paths.size, 1, `${file}: ${title}: ${[...paths].join(', ')}`);
    }
  });

  test('has one line for each problem, of visible characters', () => {
    for (const { object } of invalidDocuments) {
      const renderings = renderDocuments([{ place: 'file', isReadable: true, object }], {
        controller: 'k8s.io/ingress-nginx',
      });
      for (const line of renderings.flatMap(formatProblems)) {
        assert.match(line, /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,900}$/u);
      }
    }
  });
});

describe('the corpus', () => {
  test('breaks every rule of the schema', () => {
    const broken = new Set(
      invalidDocuments.flatMap(({ object }) => {
        const validation = validateRoute(object);
        return validation.isValid ? [] : validation.problems.map(({ path, expected }) => nameRule(path, expected));
      }),
    );
    const rules = listRules(specSchema, 'spec');
    assert.ok(rules.length > 40);
    assert.deepEqual(
      rules.filter((rule) => !broken.has(rule)),
      [],
    );
  });
});

/** Every CEL rule of a part of the schema and of what is within it: the field and the message. */
function listRules(schema: StructuralSchema, path: string): readonly string[] {
  return [
    ...(schema['x-kubernetes-validations'] ?? []).map(({ message }) => nameRule(path, message)),
    ...(schema.items === undefined ? [] : listRules(schema.items, `${path}[0]`)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, child]) => listRules(child, `${path}.${name}`)),
  ];
}

function nameRule(path: string, message: string): string {
  return `${path.replace(/\[\d+\]/g, '[]')}: ${message}`;
}

describe('a file of invalid routes', () => {
  for (const [file, content] of invalidFiles) {
    test(`does not keep a valid neighbour from being rendered: ${file}`, () => {
      const renderings = renderDocuments(readDocuments(content + neighbour, file), {
        controller: 'k8s.io/ingress-nginx',
      });
      const [rendered, ...others] = renderings.filter(({ objects }) => objects.length > 0);
      assert.equal(rendered?.objects[0]?.metadata.name, 'neighbour-wss');
      assert.deepEqual(others, []);
      assert.equal(renderings.length - 1, invalidDocuments.filter((document) => document.file === file).length);
      for (const rendering of renderings) {
        assert.equal(formatProblems(rendering).length > 0, rendering !== rendered, rendering.place);
      }
    });
  }
});
