/** What a real operator says of itself, by metrics and log, next to what the API server knows. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { installTestCa } from '../support/cert-manager.ts';
import { readTable } from '../support/markdown-table.ts';
import { installOperator, type Operator, startOperator } from '../support/operator.ts';
import { runPromtool } from '../support/promtool.ts';
import { type Rig, startRig } from '../support/rig.ts';
import {
  buildRoute,
  certificatePath,
  createIngressClass,
  createNamespace,
  ingressPath,
  waitForCondition,
} from '../support/routes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { parseSamples, scrape } from './exported-metrics.ts';

const isLeader = 'leader_election_master_status{name="wss-operator"}';

describe('metrics and log of an operator at work', () => {
  let rig: Rig;
  let operator: Operator;

  before(async () => {
    rig = await startRig({ parts: ['cert-manager'] });
    await installTestCa(rig);
    await installOperator(rig);
    await createIngressClass(rig);
    await createNamespace(rig, 'shop');
    operator = await startOperator(rig, { args: ['--leader-elect'] });
    await waitForMetric(isLeader, 1);
  });

  after(async () => {
    await operator?.stop();
    await rig?.stop();
  });

  function waitForMetric(series: string, value: number): Promise<unknown> {
    return waitUntil(async () => (await operator.metric(series)) === value, {
      what: `${series} to be ${value}`,
      timeoutMs: 30_000,
      explain: async () => (await operator.readMetrics()).match(/^wss_.*$/gm)?.join('\n') ?? 'there are none',
    });
  }

  test('routes are counted by status and reason as they change, and the end of the certificate is told', async () => {
    assert.equal(await operator.metric('wss_routes{ready="true",reason="Ready"}'), 0);
    assert.doesNotMatch(await operator.readMetrics(), /^wss_certificate_/m);
    await rig.apply(JSON.stringify(buildRoute('shop', 'chat')));
    await rig.apply(JSON.stringify(buildRoute('shop', 'lost', { ingressClassName: 'nowhere' })));
    await waitForMetric('wss_routes{ready="false",reason="IngressClassNotFound"}', 1);
    await waitForMetric('wss_routes{ready="false",reason="AwaitingAddress"}', 1);
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
    await rig.client.patch(`${ingressPath('shop', 'chat-wss')}/status`, { status });
    await waitForCondition(rig, 'shop', 'chat', { type: 'Ready', status: 'True' });
    await waitForMetric('wss_routes{ready="true",reason="Ready"}', 1);
    await waitForMetric('wss_routes{ready="false",reason="AwaitingAddress"}', 0);
    const certificate = await rig.client.get(certificatePath('shop', 'chat-wss'));
    const { notAfter, renewalTime } = certificate.status;
    assert.equal(await operator.metric('wss_certificate_expiry_seconds'), Date.parse(notAfter) / 1000);
    assert.equal(await operator.metric('wss_certificate_renewal_seconds'), Date.parse(renewalTime) / 1000);
    assert.ok((await operator.metric('wss_writes_total{kind="Ingress",reason="created"}')) >= 1);
  });

  test('a standby with --metrics-per-route has series for each route', async () => {
    const second = await startOperator(rig, { args: ['--leader-elect', '--metrics-per-route'] });
    try {
      const read = async (series: string) => [await operator.metric(series), await second.metric(series)];
      assert.deepEqual(await read('wss_route_ready{namespace="shop",name="chat"}'), [0, 1]);
      assert.equal(await second.metric(isLeader), 0);
      const text = await second.readMetrics();
      assert.match(text, /^wss_route_ready\{namespace="shop",name="lost"\} 0$/m);
      assert.match(text, /^wss_certificate_expiry_seconds\{namespace="shop",name="chat"\} \d+$/m);
      assert.doesNotMatch(text, /^wss_certificate_expiry_seconds \d/m);
    } finally {
      await second.stop();
    }
  });

  test('promtool has nothing against what it exports, and every metric is one that alerts and dashboard were tested with', async () => {
    const text = await operator.readMetrics();
    assert.deepEqual(runPromtool(['check', 'metrics'], { input: text }), { exitCode: 0, output: '' });
    const known = new Set(parseSamples(await scrape({ perRoute: true })).map(({ name }) => name));
    const unknown = parseSamples(text).filter(({ name }) => !known.has(name) && !/^(?:process|nodejs)_/.test(name));
    assert.deepEqual(unknown, []);
  });

  test('every line of its log is one of the messages in deploy/README.md', async () => {
    const documented = new Set(readTable('deploy/README.md', ['message', 'level', 'meaning']).map(([text]) => text));
    const lines = await operator.readLog();
    assert.ok(lines.some(({ msg, action }) => msg === 'object written' && action === 'created'));
    assert.deepEqual(
      lines.filter(({ msg }) => !documented.has(`\`${msg}\``)),
      [],
    );
  });
});
