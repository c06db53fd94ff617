import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditedWrite, AuditMark } from '../support/audit-log.ts';
import { readNodeOptions } from '../support/image.ts';
import { type Operator, startOperator } from '../support/operator.ts';
import { readCpuSeconds, readRssMiB } from '../support/process-usage.ts';
import type { Rig } from '../support/rig.ts';
import { waitUntil } from '../support/wait-until.ts';

export interface OperatorOptions {
  readonly rig: Rig;
  readonly program: string;
  readonly namespace: string;
  readonly routes: number;
  readonly note: (line: string) => void;
}

interface PodOptions extends Pick<OperatorOptions, 'rig' | 'program'> {
  readonly args: readonly string[];
}

export interface OperatorFigures extends Memory {
  /** From complete caches to the last write. */
  readonly convergeSeconds: number;
  /** From the start of the process to the last write. */
  readonly fromStartSeconds: number;
  readonly writes: number;
  readonly cpuSeconds: number;
  readonly restart: RestartFigures;
}

interface RestartFigures extends Memory {
  readonly writes: number;
  readonly readySeconds: number;
  readonly settledSeconds: number;
  readonly cpuSeconds: number;
}

interface Memory {
  /** Resident at once: what is known, and the garbage of the work. */
  readonly rssMiB: number;
  /** Resident when nothing has happened for so long. */
  readonly restRssMiB: number;
  readonly restSeconds: number;
}

const user = 'system:serviceaccount:default:wss-operator';
const env = {
  KUBECONFIG: '',
  KUBERNETES_SERVICE_HOST: '127.0.0.1',
  KUBERNETES_SERVICE_PORT: '6443',
  // As in the image.
  MALLOC_ARENA_MAX: '1',
};

/**
 * Between two looks at the metrics. Each takes the operator some 5 ms, and a Prometheus looks twice a minute: more looks would be measured
 * with it. When the last write was, the audit log tells.
 */
const pauseMs = 2000;

/** The operator collects garbage when it has been at rest for 10 to 20 s (src/cli/collect-at-rest.ts). */
const restSeconds = 30;

/** Converges the routes of a namespace from nothing, then restarts the operator with them resident. */
export async function measureOperator(options: OperatorOptions): Promise<OperatorFigures> {
  const { rig, routes, note } = options;
  const mark = rig.audit.mark();
  const started = Date.now();
  const operator = await start(options);
  // The status is the last write of a route.
  await waitUntil(async () => (await countStatuses(operator)) >= routes && (await isIdle(operator)), {
    what: `${routes} statuses`,
    timeoutMs: 600_000,
    intervalMs: pauseMs,
  });
  const writes = listWrites(rig, mark);
  const last = Math.max(...writes.map(({ time }) => Date.parse(time)));
  const complete = (await operator.readLog()).find(({ msg }) => msg === 'reconciling');
  const cpuSeconds = await readCpuSeconds(operator.pid);
  const memory = await measureMemory(operator);
  await operator.stop();
  const convergeSeconds = (last - Date.parse(String(complete?.time))) / 1000;
  note(`${routes} routes: operator converged in ${convergeSeconds} s with ${writes.length} writes, ${tell(memory)}`);
  const restart = await measureRestart(options);
  const { settledSeconds } = restart;
  note(`${routes} routes: restart wrote ${restart.writes}, settled in ${settledSeconds} s, ${tell(restart)}`);
  return {
    convergeSeconds,
    fromStartSeconds: (last - started) / 1000,
    writes: writes.length,
    cpuSeconds,
    ...memory,
    restart,
  };
}

async function measureRestart(options: OperatorOptions): Promise<RestartFigures> {
  const mark = options.rig.audit.mark();
  const started = performance.now();
  const operator = await start(options);
  const readySeconds = (performance.now() - started) / 1000;
  await waitUntil(async () => (await countPasses(operator)) >= options.routes && (await isIdle(operator)), {
    what: 'a look at every route',
    timeoutMs: 300_000,
    // Shorter than the figure, which is in tenths of a second.
    intervalMs: 100,
  });
  const settledSeconds = Math.round(performance.now() - started) / 1000;
  const cpuSeconds = await readCpuSeconds(operator.pid);
  const memory = await measureMemory(operator);
  await operator.stop();
  const writes = listWrites(options.rig, mark).length;
  return { writes, readySeconds: Math.round(readySeconds * 1000) / 1000, settledSeconds, cpuSeconds, ...memory };
}

async function measureMemory({ pid }: Operator): Promise<Memory> {
  const rssMiB = await readRssMiB(pid);
  await sleep(restSeconds * 1000);
  return { rssMiB, restRssMiB: await readRssMiB(pid), restSeconds };
}

function tell({ rssMiB, restRssMiB }: Memory): string {
  return `${rssMiB} MiB, at rest ${restRssMiB} MiB`;
}

function start({ rig, program, namespace }: OperatorOptions): Promise<Operator> {
  return startAsInPod({ rig, program, args: ['--namespace', namespace, '--log-level', 'info', '--leader-elect'] });
}

/** Starts the operator with the ServiceAccount's token that the bench has put in its place, and as the image does. */
export async function startAsInPod({ rig, program, args }: PodOptions): Promise<Operator> {
  return startOperator(rig, { program, nodeOptions: await readNodeOptions(), kubeconfig: '', env, args });
}

/** Writes of the operator, its Lease aside. */
function listWrites(rig: Rig, since: AuditMark): readonly AuditedWrite[] {
  return rig.audit.writes({ since, user }).filter(({ resource }) => resource !== 'leases');
}

function countStatuses(operator: Operator): Promise<number> {
  return operator.metric('wss_writes_total{kind="WssRoute",reason="status"}');
}

function countPasses(operator: Operator): Promise<number> {
  return operator.metric('controller_runtime_reconcile_total{controller="wssroute",result="success"}');
}

async function isIdle(operator: Operator): Promise<boolean> {
  const depth = await operator.metric('workqueue_depth{name="wssroute",controller="wssroute"}');
  const active = await operator.metric('controller_runtime_active_workers{controller="wssroute"}');
  return depth === 0 && active === 0;
}
