import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { load } from 'js-yaml';
import type { ApiObject } from '../support/admin-client.ts';
import { customization, judgeHealth, runLua } from './judge.ts';

const actions = join(customization, 'actions');
const { tests } = read(join(customization, 'health_test.yaml'));
const { actionTests, discoveryTests } = read(join(actions, 'action_test.yaml'));

/** What Argo CD's own tests do with a folder of resource_customizations (util/lua/health_test.go, custom_actions_test.go). */
describe('the Argo CD customization', () => {
  for (const { inputPath, healthStatus } of tests) {
    test(`${inputPath} is ${healthStatus.status}`, async () => {
      const [verdicts] = await judgeHealth([read(join(customization, inputPath))]);
      assert.deepEqual(verdicts?.argo, healthStatus);
    });
  }

  test('has a fixture for every verdict', () => {
    const statuses = new Set(tests.map(({ healthStatus }: ApiObject) => healthStatus.status));
    assert.deepEqual([...statuses].sort(), ['Degraded', 'Healthy', 'Progressing']);
  });

  for (const { inputPath, result } of discoveryTests) {
    test(`offers ${JSON.stringify(result)} for ${inputPath}`, async () => {
      const offered = await runLua(join(actions, 'discovery.lua'), read(join(actions, inputPath)));
      const list = Object.entries<ApiObject>(offered).map(([name, action]) => ({ name, ...action }));
      // Argo CD leaves what is false out of its lists.
      assert.deepEqual(
        list.map(({ disabled, ...rest }) => (disabled ? { ...rest, disabled } : rest)),
        result,
      );
    });
  }

  for (const { action, inputPath, expectedOutputPath } of actionTests) {
    test(`${action} makes ${expectedOutputPath} of ${inputPath}`, async () => {
      const before = read(join(actions, inputPath));
      const result = await runLua(join(actions, action, 'action.lua'), before);
      const requested = result.metadata.annotations['wssroute.dev/reconcile-requested-at'];
      assert.ok(Math.abs(Date.parse(requested) - Date.now()) < 60_000, requested);
      // As Argo CD's test does for every action that writes the time.
      result.metadata.annotations['wssroute.dev/reconcile-requested-at'] = '0001-01-01T00:00:00Z';
      assert.deepEqual(result, read(join(actions, expectedOutputPath)));
    });
  }
});

/** As JSON, so that a time is text. */
function read(file: string): ApiObject {
  return load(readFileSync(file, 'utf8'));
}
