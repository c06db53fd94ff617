import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import packageFile from '../../../package.json' with { type: 'json' };

const deploy = join(import.meta.dirname, '../../../deploy');

/** Where people copy a version from, and how it stands there. */
const mentions: Readonly<Record<string, RegExp>> = {
  'README.md': /\?ref=v(\d[^\s\]]*)|VERSION=(\S+)/g,
  'gitops/argocd/application-operator.yaml': /targetRevision: (\d\S*)/g,
  'gitops/flux/operator.yaml': /\btag: (\d\S*)/g,
  'kustomization.yaml': /\?ref=v(\d[^\s\]]*)/g,
};

for (const [file, pattern] of Object.entries(mentions)) {
  test(`deploy/${file} names the version of package.json`, () => {
    const found = [...readFileSync(join(deploy, file), 'utf8').matchAll(pattern)].map(([, ...groups]) =>
      groups.find(Boolean),
    );
    assert.ok(found.length > 0, 'it names one');
    for (const version of found) assert.equal(version, packageFile.version);
  });
}
