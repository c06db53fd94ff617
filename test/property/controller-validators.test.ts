import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../src/api/objects.ts';
import { formatProblem } from '../../src/api/problem.ts';
import { dialects } from '../../src/dialects/registry.ts';
import { findMisshapes } from '../../src/lint/ingress.ts';
import { judgeF5 } from '../../src/lint/judge-f5.ts';
import { judgeF5Hosts } from '../../src/lint/judge-f5-hosts.ts';
import { judgeIngressNginx } from '../../src/lint/judge-ingress-nginx.ts';
import { defaulted, plan } from '../unit/state/example.ts';
import { arbitraryRoute } from './arbitrary-route.ts';
import { arbitraryVersion } from './arbitrary-target.ts';

/** Whatever is emitted must pass what the controllers check, written down independently of the dialects. */

const golden = fileURLToPath(new URL('../golden/', import.meta.url));
const judges: Readonly<Record<string, (ingress: KubeObject) => ReturnType<typeof judgeF5>>> = {
  'nginx.ingress.kubernetes.io/': judgeIngressNginx,
  'nginx.org/': judgeF5,
};

/** What the controller of an emitted Ingress says against it. Its annotations tell which controller that is. */
function judge(ingress: KubeObject): readonly string[] {
  const names = Object.keys(ingress.metadata.annotations ?? {});
  const spoken = Object.keys(judges).filter((prefix) => names.some((name) => name.startsWith(prefix)));
  assert.equal(spoken.length, 1, `${ingress.metadata.name} speaks ${spoken.length} dialects: ${names.join()}`);
  const [prefix = ''] = spoken;
  return [...findMisshapes(ingress), ...(judges[prefix]?.(ingress) ?? [])].map(formatProblem);
}

function keepIngresses(objects: readonly KubeObject[]): readonly KubeObject[] {
  return objects.filter(({ kind }) => kind === 'Ingress');
}

describe('what is emitted', () => {
  const files = globSync('*/expected.yaml', { cwd: golden }).map((file) => ({
    file,
    ingresses: keepIngresses(loadAll(readFileSync(golden + file, 'utf8')) as readonly KubeObject[]),
  }));

  test('is found in the golden files', () => {
    assert.ok(files.flatMap(({ ingresses }) => ingresses).length > 50);
  });

  test('passes the validators of its controller in every golden file', () => {
    for (const { file, ingresses } of files) {
      for (const ingress of ingresses) assert.deepEqual(judge(ingress), [], `${file}: ${ingress.metadata.name}`);
    }
  });

  test("holds together for F5's controller in every golden file", () => {
    for (const { file, ingresses } of files) {
      const mergeable = ingresses.filter((ingress) => isF5(ingress));
      // A route that is not the oldest of its host writes no master.
      const found = judgeF5Hosts(mergeable)
        .map(formatProblem)
        .filter((each) => !each.includes('must have a master'));
      assert.deepEqual(found, [], file);
    }
  });

  for (const dialect of dialects.filter(({ controller }) => controller !== undefined)) {
    test(`passes the validators of ${dialect.name} for every route, whatever the version`, () => {
      fc.assert(
        fc.property(arbitraryRoute, arbitraryVersion, (manifest, version) => {
          const planned = plan(defaulted(manifest));
          fc.pre(dialect.findObstacle?.(planned, { version }) === undefined);
          for (const ingress of keepIngresses(dialect.emit(planned, { version }))) assert.deepEqual(judge(ingress), []);
        }),
        { numRuns: 100 },
      );
    });
  }

  test('would be caught if it were wrong', () => {
    const [sample] = files.flatMap(({ ingresses }) => ingresses);
    assert.ok(sample);
    for (const [name, value] of [
      ['nginx.ingress.kubernetes.io/proxy-read-timeout', '3600s'],
      ['nginx.ingress.kubernetes.io/limit-rps', '1.5'],
    ] as const) {
      const annotations: Record<string, string> = { ...sample.metadata.annotations, [name]: value };
      assert.equal(judge({ ...sample, metadata: { ...sample.metadata, annotations } }).length, 1, name);
    }
  });
});

function isF5({ metadata }: KubeObject): boolean {
  return Object.keys(metadata.annotations ?? {}).some((name) => name.startsWith('nginx.org/'));
}
