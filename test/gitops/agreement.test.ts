import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { healthScript, judgeHealth } from './judge.ts';
import { liveOnBareCluster, liveOnWholeCluster } from './lives.ts';
import type { Version } from './recorder.ts';
import { scenes } from './scenes.ts';
import { agree, countRelapses, fingerprint, type JudgedVersion, proveChildren } from './verdicts.ts';

describe('kstatus, Argo CD, Flux and kubectl wait agree on every status that a route has had', () => {
  const histories: (readonly Version[])[] = [];
  let routes: readonly Version[];
  const folder = mkdtempSync(join(tmpdir(), 'wss-gitops-'));

  before(async () => {
    histories.push(await liveOnBareCluster(), await liveOnWholeCluster());
    routes = histories.flat().filter(({ kind, isGone }) => kind === 'WssRoute' && !isGone);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  test('on at least 150 different ones, of every reason and every verdict', async () => {
    const judged = await judge(routes);
    const distinct = new Set(judged.map(fingerprint)).size;
    const count = (health: string) => judged.filter((each) => each.health === health).length;
    const reasons = new Set(judged.map(({ object }) => object.status.conditions.find(isReady).reason));
    console.log(
      `# ${judged.length} versions of ${new Set(judged.map(({ key }) => key)).size} routes, ${distinct} different statuses, ` +
        `all agree: ${count('healthy')} healthy, ${count('progressing')} progressing, ${count('failed')} failed; ${[...reasons].sort().join(', ')}`,
    );
    assert.ok(distinct >= 150, `${distinct} different statuses`);
    for (const health of ['healthy', 'progressing', 'failed'])
      assert.ok(count(health) >= 3, `${count(health)} ${health}`);
    assert.deepEqual(
      expectedReasons.filter((reason) => !reasons.has(reason)),
      [],
    );
  });

  test('none is healthy before the certificate is issued and the Ingress has an address, in this generation', async () => {
    let proofs = 0;
    for (const history of histories)
      proofs += proveChildren(history, await judge(routes.filter((each) => history.includes(each))));
    console.log(`# ${proofs} times a route became healthy`);
    assert.ok(proofs >= scenes.length);
  });

  test('none turns from healthy to something else more often than it was given a cause', async () => {
    const allowed = Object.assign({}, ...scenes.map(({ relapses }) => relapses));
    for (const [key, relapses] of countRelapses(await judge(routes))) {
      const name = key.split('/')[1] ?? '';
      assert.ok(relapses <= (allowed[name] ?? 0), `${key}: ${relapses} relapses`);
    }
  });

  test('a spec that the operator has not seen is in progress for all, whatever it was before', async () => {
    const stale = routes.filter(({ object }) => object.status.observedGeneration < object.metadata.generation);
    assert.ok(
      stale.some(({ object }) => object.status.conditions.find(isReady).status === 'True'),
      'Ready of the spec before',
    );
    for (const { health } of await judge(stale)) assert.equal(health, 'progressing');
  });

  test('a planted mistake in the Lua is found', async () => {
    const mistakes = [
      ['obj.status.observedGeneration ~= obj.metadata.generation', 'false'],
      ['"Stalled"', '"stalled"'],
      ['"Ready"', '"Accepted"'],
      ['condition.status == "True" then\n      health.status', 'condition.status ~= "False" then\n      health.status'],
    ] as const;
    for (const [index, [right, wrong]] of mistakes.entries()) {
      const script = readFileSync(healthScript, 'utf8');
      assert.ok(script.includes(right), `health.lua has no ${right}`);
      const spoilt = join(folder, `spoilt-${index}.lua`);
      writeFileSync(spoilt, script.replace(right, wrong));
      await assert.rejects(judge(routes, spoilt), { name: 'AssertionError' }, `${right} may be ${wrong}`);
    }
  });
});

/** Those that a route can have for a longer time; Pending is that of a route that nobody has looked at. */
const expectedReasons = [
  ...['Ready', 'Pending', 'Invalid', 'IngressClassNotFound', 'UnsupportedController', 'HostClaimed', 'NameTaken'],
  ...['ServiceNotFound', 'ServicePortNotFound', 'Issuing', 'IssuanceFailed', 'CertManagerNotInstalled'],
  ...['CertificateNotFound', 'NamesNotCovered', 'AwaitingAddress', 'ApplyFailed'],
];

async function judge(versions: readonly Version[], lua?: string): Promise<readonly JudgedVersion[]> {
  const verdicts = await judgeHealth(
    versions.map(({ object }) => object),
    lua,
  );
  return versions.map((version, index) => {
    const verdict = verdicts[index];
    assert.ok(verdict !== undefined);
    return { ...version, health: agree(version.object, verdict) };
  });
}

function isReady({ type }: { readonly type: string }): boolean {
  return type === 'Ready';
}
