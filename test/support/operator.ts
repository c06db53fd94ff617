import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import type { ApiObject } from './admin-client.ts';
import { waitUntilEstablished } from './established.ts';
import type { Rig } from './rig.ts';
import { waitUntil } from './wait-until.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const crd = fileURLToPath(new URL('../../crds/wssroutes.yaml', import.meta.url));
const manifest = fileURLToPath(new URL('../../deploy/install.yaml', import.meta.url));

/** User that the operator is in the tests: it may do what deploy/install.yaml grants, so reading a Secret would fail. */
export const operatorUser = 'wss-operator';

/** A running `wss run`. */
export interface Operator {
  readonly pid: number;
  readonly logFile: string;
  /** Value of a series of `/metrics`, 0 where there is none. */
  metric(series: string): Promise<number>;
  /** The whole of `/metrics`. */
  readMetrics(): Promise<string>;
  isReady(): Promise<boolean>;
  readLog(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

export interface OperatorOptions {
  readonly args?: readonly string[];
  /** Do not wait until every watch is complete. */
  readonly isPatient?: boolean;
  readonly kubeconfig?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The file to run instead of the sources. */
  readonly program?: string;
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
}

/** Installs the CustomResourceDefinition and the operator's permissions. */
export async function installOperator(rig: Rig): Promise<void> {
  await rig.kubectl('apply', '--server-side', '-f', crd);
  await waitUntilEstablished(rig);
  await grantOperator(rig);
}

/** Who gets the operator's permissions. */
const operatorSubject = { kind: 'User', name: operatorUser, apiGroup: 'rbac.authorization.k8s.io' };

/**
 * Gives the operator the permissions of deploy/install.yaml. The role for its Lease is bound in the namespace `default`, where
 * kubeconfigs of the rig point.
 */
export async function grantOperator(rig: Rig, subject: object = operatorSubject): Promise<void> {
  const documents = loadAll(await readFile(manifest, 'utf8')) as readonly (ApiObject | null)[];
  const roles = documents.filter((document) => document?.apiVersion === 'rbac.authorization.k8s.io/v1');
  await applyObjects(
    rig,
    roles.map((role) => ({
      ...role,
      metadata: { ...role.metadata, ...(role.metadata.namespace !== undefined && { namespace: 'default' }) },
      ...(role.subjects !== undefined && { subjects: [subject] }),
    })),
  );
}

/** `kubectl apply` of some objects. */
export async function applyObjects(rig: Rig, items: readonly object[]): Promise<void> {
  await rig.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

let started = 0;

/** Starts `wss run` as a process of its own and waits until it is ready. */
export async function startOperator(rig: Rig, options: OperatorOptions = {}): Promise<Operator> {
  started += 1;
  const logFile = join(rig.directory, `operator-${started}.log`);
  const kubeconfig = options.kubeconfig ?? (await rig.kubeconfigFor({ user: operatorUser, groups: [] }));
  const metricsPort = 9100 + started * 2;
  const healthPort = metricsPort + 1;
  const child = spawn(
    process.execPath,
    [
      ...(options.nodeOptions ?? []),
      options.program ?? main,
      'run',
      ...(kubeconfig === '' ? [] : ['--kubeconfig', kubeconfig]),
      '--metrics-address',
      `127.0.0.1:${metricsPort}`,
      '--health-address',
      `127.0.0.1:${healthPort}`,
      // A replica that is killed would keep the next one of the same test waiting for its Lease; see failover.test.ts.
      '--no-leader-elect',
      // Requests that a test has not made would be among those that it counts; see verification.test.ts.
      '--no-verification',
      ...(options.args ?? []),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } },
  );
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const operator = describeOperator(child, logFile, metricsPort, healthPort);
  if (options.isPatient === true) return operator;
  try {
    await waitUntil(() => operator.isReady(), {
      what: 'the operator to be ready',
      timeoutMs: 60_000,
      explain: () => readFile(logFile, 'utf8'),
    });
  } catch (error) {
    await operator.kill();
    throw error;
  }
  return operator;
}

function describeOperator(child: ChildProcess, logFile: string, metricsPort: number, healthPort: number): Operator {
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  void exit.then(() => process.off('exit', kill));
  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const [code] = await exit;
    return code;
  }
  async function readMetrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  }
  return {
    pid: child.pid ?? 0,
    logFile,
    async metric(series) {
      const line = (await readMetrics()).split('\n').find((each) => each.startsWith(`${series} `));
      return Number(line?.split(' ')[1] ?? 0);
    },
    readMetrics,
    async isReady() {
      const response = await fetch(`http://127.0.0.1:${healthPort}/readyz`).catch(() => undefined);
      return response?.ok === true;
    },
    async readLog() {
      const lines = (await readFile(logFile, 'utf8')).split('\n').filter((line) => line.startsWith('{'));
      return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    },
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL');
    },
  };
}

/** Waits for a line of the operator's log, with some words anywhere in it. */
export function waitForLog(operator: Operator, message: string, words = ''): Promise<unknown> {
  return waitUntil(
    async () => (await operator.readLog()).find((line) => line.msg === message && JSON.stringify(line).includes(words)),
    { what: `the log to say "${message}" ${words}`, timeoutMs: 30_000 },
  );
}
