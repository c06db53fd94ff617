import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../../src/cli/version.ts';
import { root } from './markdown.ts';

/** Commands of the pages that a test other than those of this folder runs, and the words in it by which it does. */
export const provedElsewhere: Readonly<Record<string, { readonly file: string; readonly words: string }>> = {
  'npm ci': { file: '.ci/run', words: 'npm ci' },
  'npm test': { file: '.ci/run', words: 'npm test' },
  'npm run demo': { file: 'test/e2e/demo.test.ts', words: 'launchDemo(' },
  'npm run build': { file: 'test/support/image.ts', words: "['run', '-s', 'build'" },
  'npm run image': { file: 'test/image/content.test.ts', words: 'buildImage(' },
  'npm run sbom': { file: 'test/image/content.test.ts', words: 'app/sbom.cdx.json' },
  'node test/support/in-sandbox.ts node --test test/e2e/rig.test.ts': {
    file: 'test/runner/test-process.ts',
    words: 'test/support/in-sandbox.ts',
  },
  'node test/support/build-parts.ts': { file: 'test/support/in-sandbox.ts', words: 'buildParts(PART_NAMES' },
};

/** Commands that no test runs, and why. */
export const notRun: Readonly<Record<string, string>> = {
  'helm install wss-operator oci://ghcr.io/wss-operator/charts/wss-operator --namespace wss-system --create-namespace':
    'the chart is not published, and tests reach no registry; the same from deploy/chart is run',
  [`docker build --build-arg VERSION=${version} --build-arg REVISION=$(git rev-parse HEAD) --build-arg SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) --build-arg CREATED=$(TZ=UTC git log -1 --format=%cd --date=format-local:%FT%TZ) .`]:
    'it takes Docker and an image from a registry; test/image builds the same root file system without either',
  'node test/support/in-sandbox.ts bash': 'a shell for a person; every cluster test runs in the same sandbox',
  'WSS_RIG_LOGS=/tmp/logs node test/support/in-sandbox.ts …': 'no whole command',
};

/** Commands that the tests of this folder run word by word: `sh('…')` or `start('…')`. */
export function listRunHere(): ReadonlySet<string> {
  const files = globSync('test/docs/*.test.ts', { cwd: root });
  const texts = files.map((file) => readFileSync(join(root, file), 'utf8'));
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/\b(?:sh|start)\(\s*'([^'\n]+)'/g)].map(([, command = '']) => command)),
  );
}
