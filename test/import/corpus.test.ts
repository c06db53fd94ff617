import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { listImportRemarks } from '../../src/cli/import.ts';
import { formatObjects } from '../../src/cli/render.ts';
import { importIngresses } from '../../src/import/import-ingresses.ts';
import { cases, readCase } from './corpus.ts';

const serializers = [String];

describe('the corpus', () => {
  test('has at least 20 cases for each controller', () => {
    for (const family of ['community-', 'f5-']) {
      const { length } = cases.filter(({ name }) => name.startsWith(family));
      assert.ok(length >= 20, `${family}: ${length}`);
    }
  });

  for (const each of cases) {
    test(`${each.name} becomes what its files show`, (t) => {
      const result = importIngresses(readCase(each));
      const { folder } = each;
      if (result.routes.length > 0) {
        t.assert.fileSnapshot(formatObjects(result.routes, 'yaml'), `${folder}/routes.yaml`, { serializers });
      } else
        assert.equal(existsSync(`${folder}/routes.yaml`), false, `there is no route: delete ${folder}/routes.yaml`);
      const remarks = listImportRemarks(result);
      t.assert.fileSnapshot(remarks.map((line) => `${line}\n`).join(''), `${folder}/remarks.txt`, { serializers });
    });
  }
});
