import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { formatObjects, listRemarks } from '../../src/cli/render.ts';
import { cases, listFolders, renderCase } from './cases.ts';

const serializers = [String];

describe('golden', () => {
  for (const { name, input, folder } of cases) {
    test(`${name} becomes what its files show`, async (t) => {
      mkdirSync(folder, { recursive: true });
      const { renderings } = await renderCase({ name, input, folder });
      const objects = renderings.flatMap((rendering) => rendering.objects);
      t.assert.fileSnapshot(formatObjects(objects, 'yaml'), `${folder}/expected.yaml`, { serializers });
      const remarks = listRemarks(renderings);
      if (remarks.length > 0)
        t.assert.fileSnapshot(remarks.map((line) => `${line}\n`).join(''), `${folder}/remarks.txt`, { serializers });
      else
        assert.equal(
          existsSync(`${folder}/remarks.txt`),
          false,
          `there is nothing to remark: delete ${folder}/remarks.txt`,
        );
    });
  }

  test('every expectation belongs to an example or a case', () => {
    assert.deepEqual([...listFolders()].sort(), cases.map(({ name }) => name).sort());
  });
});
