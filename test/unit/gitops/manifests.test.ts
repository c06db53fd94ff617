import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { load, loadAll } from 'js-yaml';
import { isStalling, type Reason, reasons } from '../../../src/api/conditions.ts';

const deploy = join(import.meta.dirname, '../../../deploy');
const argocd = join(deploy, 'gitops/argocd');
const customization = join(argocd, 'resource_customizations/wssroute.dev/WssRoute');

describe('argocd-cm.yaml', () => {
  const { data } = load(read(argocd, 'argocd-cm.yaml')) as { data: Readonly<Record<string, string>> };

  test('holds the health script word for word', () => {
    assert.equal(data['resource.customizations.health.wssroute.dev_WssRoute'], read(customization, 'health.lua'));
  });

  test('holds every action word for word, and the discovery', () => {
    const actions = load(data['resource.customizations.actions.wssroute.dev_WssRoute'] ?? '');
    const files = globSync('*/action.lua', { cwd: join(customization, 'actions') });
    assert.ok(files.length > 0);
    assert.deepEqual(actions, {
      'discovery.lua': read(customization, 'actions/discovery.lua'),
      definitions: files.map((file) => ({
        name: file.split('/')[0],
        'action.lua': read(customization, `actions/${file}`),
      })),
    });
  });

  test('says nothing else to Argo CD', () => assert.equal(Object.keys(data).length, 2));
});

describe('the examples for GitOps tools', () => {
  for (const file of globSync('gitops/{argocd,flux}/*.yaml', { cwd: deploy })) {
    test(`${file} is made of whole objects`, () => {
      const objects = loadAll(read(deploy, file)) as readonly Readonly<Record<string, unknown>>[];
      assert.ok(objects.length > 0);
      for (const { apiVersion, kind, metadata } of objects) {
        assert.match(`${apiVersion} ${kind}`, /^[a-z0-9./]+ [A-Z][A-Za-z]+$/);
        assert.match((metadata as { name: string }).name, /^[a-z-]+$/);
      }
    });
  }
});

describe('the GitOps section of deploy/README.md', () => {
  test('lists the reasons that stall, and no other', () => {
    const section = /## GitOps\n([\s\S]*?)(?=\n## |$)/.exec(read(deploy, 'README.md'))?.[1] ?? '';
    const listed = /Stalled=True[^:]*: (.*?)\./s.exec(section)?.[1]?.match(/(?<=`)[A-Z]\w+(?=`)/g) ?? [];
    const stalling = (Object.keys(reasons) as Reason[]).filter(isStalling);
    assert.deepEqual([...listed].sort(), [...stalling].sort());
  });
});

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}
