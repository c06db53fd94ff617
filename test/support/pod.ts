import { execFile } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ApiObject } from './admin-client.ts';
import { APISERVER_PORT } from './apiserver.ts';
import { loadImage } from './image.ts';
import { createPodNetwork } from './pod-network.ts';
import { writeVolumes } from './pod-volumes.ts';
import { RestartableProcess } from './process.ts';
import { openRelay, type Relay } from './relay.ts';
import type { Rig } from './rig.ts';

const run = promisify(execFile);

/** First address of the Service range: where Pods find the API server. */
export const KUBERNETES_SERVICE_ADDRESS = '10.96.0.1';

/** One running Pod with one container, in namespaces and a root file system of its own. */
export interface Pod {
  readonly name: string;
  readonly ip: string;
  readonly template: ApiObject;
  /** The end of what the container has printed. */
  logTail(): string;
  readLog(): Promise<string>;
  /** Process id of the container's first process, or `undefined` while it does not run. */
  readonly pid: number | undefined;
  /** The answer to the readiness probe; true when there is none. */
  isReady(): Promise<boolean>;
  /** Starts a container that has ended again; true when it had to. */
  revive(): Promise<boolean>;
  metrics(): Promise<string>;
  /** SIGTERM, and SIGKILL after the grace period; then the Pod is gone. */
  remove(): Promise<void>;
  /** SIGKILL to the container, as the kernel does when memory runs out. */
  kill(): Promise<void>;
}

export interface PodOptions {
  readonly namespace: string;
  readonly name: string;
  /** `spec.template` of the Deployment. */
  readonly template: ApiObject;
  readonly owner: ApiObject;
  /** Tells the networks of Pods apart: 1 … 254. */
  readonly number: number;
}

/** The Service `kubernetes`: hands Pods' connections on to the API server, which listens on the loopback device only. */
export async function openKubernetesService(): Promise<Relay> {
  const address = `${KUBERNETES_SERVICE_ADDRESS}/32`;
  await run('ip', ['address', 'replace', address, 'dev', 'lo']);
  return openRelay({ host: KUBERNETES_SERVICE_ADDRESS, port: 443 }, { port: APISERVER_PORT });
}

/** Plays scheduler and kubelet: makes the Pod, which admission may refuse, and starts its container. */
export async function startPod(rig: Rig, options: PodOptions): Promise<Pod> {
  const { namespace, name, template, owner, number } = options;
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const reference = {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
  };
  const object = await rig.client.create(path, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, namespace, name, ownerReferences: [reference] },
    spec: template.spec,
  });
  const network = await createPodNetwork(number);
  const { ip } = network;
  await rig.client.patch(`${path}/${name}/status`, { status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] } });
  const [container, ...others] = object.spec.containers;
  if (others.length > 0 || object.spec.initContainers !== undefined)
    throw new Error(`Pod ${name} has several containers`);

  const directory = join(rig.directory, 'pods', name);
  const script = await prepareContainer(rig, { directory, pod: object, container, ip });
  const process = new RestartableProcess({
    name: `Pod ${name}`,
    command: 'ip',
    args: [
      ...['netns', 'exec', network.name, 'unshare', '--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child'],
      ...['--', 'sh', '-euc', script],
    ],
    logFile: join(rig.directory, `${name}.log`),
    isReady: () => probe(ip, container, container.readinessProbe),
    readyTimeoutMs: 60_000,
    graceMs: (object.spec.terminationGracePeriodSeconds ?? 30) * 1000,
    ownsProcessNamespace: true,
  });
  await process.launch();

  return {
    ...{ name, ip, template },
    logTail: () => process.logTail(),
    readLog: () => readFile(process.logFile, 'utf8'),
    get pid() {
      return process.mainPid;
    },
    isReady: () => (process.isRunning() ? probe(ip, container, container.readinessProbe) : Promise.resolve(false)),
    async revive() {
      if (process.isRunning()) return false;
      await process.launch();
      return true;
    },
    async metrics() {
      return (await fetch(`http://${ip}:${findPort(container, 'http-metrics')}/metrics`)).text();
    },
    async remove() {
      await process.stop();
      await network.remove();
      await rm(directory, { recursive: true, force: true });
      await rig.client.request('DELETE', `${path}/${name}?gracePeriodSeconds=0`);
    },
    kill: () => process.kill('SIGKILL'),
  };
}

interface Container {
  readonly directory: string;
  readonly pod: ApiObject;
  readonly container: ApiObject;
  readonly ip: string;
}

/** Writes the container's files and returns the script that mounts them and becomes the container. */
async function prepareContainer(rig: Rig, { directory, pod, container, ip }: Container): Promise<string> {
  const image = await loadImage(rig);
  const root = join(directory, 'root');
  await mkdir(root, { recursive: true });
  const volumes = await writeVolumes(rig, { directory: join(directory, 'volumes'), pod, container });
  const security = { ...pod.spec.securityContext, ...container.securityContext };
  const mounts = [...image.mounts, ...volumes].flatMap(({ from, to, isFile, isReadOnly }) => {
    const target = quote(join(root, to));
    const make = isFile ? `mkdir -p "$(dirname ${target})"; touch ${target}` : `mkdir -p ${target}`;
    const seal = isReadOnly ? [`mount -o remount,bind,ro ${target}`] : [];
    return [make, `mount --bind ${quote(from)} ${target}`, ...seal];
  });
  const environment = describeEnvironment(pod, container, ip);
  const args = [
    ...(container.command ?? image.entrypoint),
    ...(container.args ?? (container.command ? [] : image.args)),
  ];
  const user = await describeUser(security, image.user);
  return [
    `printf %s ${quote(pod.metadata.name)} > /proc/sys/kernel/hostname`,
    `mount --bind ${quote(root)} ${quote(root)}`,
    ...mounts,
    `mkdir -p ${quote(join(root, 'proc'))}; mount -t proc proc ${quote(join(root, 'proc'))}`,
    ...image.links.map(([link, target]) => `ln -sfn ${quote(target)} ${quote(join(root, link))}`),
    ...(security.readOnlyRootFilesystem === true ? [`mount -o remount,bind,ro ${quote(root)}`] : []),
    [
      'exec',
      'setpriv',
      '--no-new-privs',
      'env',
      '-i',
      ...environment,
      'chroot',
      ...user,
      root,
      ...expand(args, environment),
    ]
      .map(quote)
      .join(' ')
      .replace(/^'exec'/, 'exec'),
  ].join('\n');
}

/** The user that the Pod asks for, where the sandbox has more than one to give. */
async function describeUser(security: ApiObject, imageUser: number): Promise<readonly string[]> {
  const [, , count = '1'] = (await readFile('/proc/self/uid_map', 'utf8')).trim().split(/\s+/);
  if (count === '1') return [];
  const user = security.runAsUser ?? imageUser;
  const groups = [security.fsGroup ?? []].flat().join(',');
  return [`--userspec=${user}:${security.runAsGroup ?? user}`, `--groups=${groups}`];
}

/** `NAME=value`, with what every Pod is told of the API server. */
function describeEnvironment(pod: ApiObject, container: ApiObject, ip: string): readonly string[] {
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace,
    'metadata.uid': pod.metadata.uid,
    'spec.serviceAccountName': pod.spec.serviceAccountName,
    'status.podIP': ip,
  };
  const own = (container.env ?? []).map((variable: ApiObject) => {
    const value = variable.value ?? fields[variable.valueFrom?.fieldRef?.fieldPath];
    if (value === undefined) throw new Error(`this kubelet does not know the value of ${JSON.stringify(variable)}`);
    return `${variable.name}=${value}`;
  });
  return [
    // As in the distroless images.
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    `HOSTNAME=${pod.metadata.name}`,
    `KUBERNETES_SERVICE_HOST=${KUBERNETES_SERVICE_ADDRESS}`,
    'KUBERNETES_SERVICE_PORT=443',
    ...own,
  ];
}

/** `$(NAME)` in arguments stands for a variable, as the kubelet has it. */
function expand(args: readonly string[], environment: readonly string[]): readonly string[] {
  const values = new Map(environment.map((each) => [each.split('=', 1)[0], each.slice(each.indexOf('=') + 1)]));
  return args.map((arg) => arg.replaceAll(/\$\(([A-Za-z_]\w*)\)/g, (whole, name) => values.get(name) ?? whole));
}

async function probe(ip: string, container: ApiObject, spec: ApiObject | undefined): Promise<boolean> {
  if (spec === undefined) return true;
  const { path, port } = spec.httpGet;
  const answer = await fetch(`http://${ip}:${findPort(container, port)}${path}`).catch(() => undefined);
  return answer?.ok === true;
}

function findPort(container: ApiObject, port: string | number): number {
  const named = container.ports?.find(({ name }: ApiObject) => name === port)?.containerPort;
  if (typeof port === 'number') return port;
  if (named === undefined) throw new Error(`container ${container.name} has no port ${port}`);
  return named;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
