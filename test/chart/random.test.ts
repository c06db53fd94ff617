import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { partDirectory } from '../support/build-parts.ts';
import { waitUntilEstablished } from '../support/established.ts';
import { applyObjects } from '../support/operator.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { chartValues, surroundings } from './arbitrary-values.ts';
import { DryRun } from './dry-run.ts';
import { type ChartValues, type Rendering, release, renderAll } from './render.ts';

const seed = 20_260_901;
/** The API server compiles every rule of the CustomResourceDefinition anew: one rendering in so many has it judged, too. */
const crdPeriod = 20;
const drawn = fc.sample(chartValues, { numRuns: 300, seed });

describe('300 random values of the schema', () => {
  let rig: Rig;
  let dryRun: DryRun;
  let renderings: ReadonlyMap<ChartValues, Rendering>;

  before(async () => {
    rig = await startRig({ parts: [] });
    dryRun = new DryRun(rig, release.namespace);
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await applyObjects(rig, [
      ...surroundings.namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })),
      {
        apiVersion: 'node.k8s.io/v1',
        kind: 'RuntimeClass',
        metadata: { name: surroundings.runtimeClass },
        handler: 'runsc',
      },
    ]);
    for (const kind of ['servicemonitors', 'podmonitors', 'prometheusrules']) {
      const file = join(partDirectory('prometheus-operator'), 'crds', `monitoring.coreos.com_${kind}.yaml`);
      await rig.kubectl('apply', '--server-side', '-f', file);
      await waitUntilEstablished(rig, `${kind}.monitoring.coreos.com`);
    }
    renderings = await renderAll(drawn, (values) => values);
  });

  after(() => rig?.stop());

  test('are different, and reach every value that can be set', () => {
    assert.equal(new Set(drawn.map((values) => JSON.stringify(values))).size, 300);
    const untouched = Object.keys(drawn[0] ?? {}).filter(
      (name) => new Set(drawn.map((each) => JSON.stringify(each[name]))).size === 1,
    );
    assert.deepEqual(untouched, []);
  });

  test('are all rendered', () => {
    const refused = [...renderings].filter(([, { isRendered }]) => !isRendered);
    assert.deepEqual(
      refused.map(([values, rendering]) => ({ values, rendering })),
      [],
    );
  });

  test('make objects that the API server takes, and Pods that a restricted namespace takes', async () => {
    const mistakes: string[] = [];
    const kinds = new Map<string, number>();
    for (const [index, [values, rendering]] of [...renderings].entries()) {
      if (!rendering.isRendered) continue;
      const hasCrd = index % crdPeriod === 0;
      const objects = rendering.objects.filter(({ kind }) => hasCrd || kind !== 'CustomResourceDefinition');
      for (const { kind } of objects) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const [deployment] = objects.filter(({ kind }) => kind === 'Deployment');
      assert.ok(deployment, 'there is a Deployment');
      const found = [...(await dryRun.judge(objects)), (await dryRun.judgePod(deployment)) ?? ''].filter(
        (text) => text !== '',
      );
      if (found.length > 0) mistakes.push(`${found.join('\n')}\n  values: ${JSON.stringify(values)}`);
    }
    console.log(`# ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
    assert.deepEqual(mistakes, []);
    assert.ok(kinds.size >= 16, `${kinds.size} kinds of objects`);
  });

  test('a Pod that breaks the restricted level would be refused', async () => {
    const [rendering] = renderings.values();
    const objects = rendering?.isRendered === true ? rendering.objects : [];
    const deployment = structuredClone(objects.find(({ kind }) => kind === 'Deployment'));
    deployment.spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation = true;
    assert.match((await dryRun.judgePod(deployment)) ?? '', /403 .*violates PodSecurity "restricted/);
    deployment.spec.template.spec.containers[0].colour = 'blue';
    assert.match((await dryRun.judge([deployment])).join(), /colour/);
  });
});
