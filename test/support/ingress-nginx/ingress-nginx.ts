import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdminClient } from '../admin-client.ts';
import { RestartableProcess } from '../process.ts';
import { PUBLISHED_ADDRESS } from '../published-address.ts';
import { createFileTree, type FileTree, mountScript } from './file-tree.ts';

const NAMESPACE = 'ingress-nginx';
const CONFIG_MAP = 'ingress-nginx-controller';
const POD = 'ingress-nginx-controller-0';
const HEALTH_PORT = 10254;
const INGRESS_CLASS = 'nginx';

export interface IngressNginx {
  readonly process: RestartableProcess;
  readonly address: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly ingressClassName: string;
  /** The configuration that the controller has rendered last. */
  nginxConf(): Promise<string>;
  /** `nginx -t` on it. */
  testConf(): Promise<{ readonly code: number; readonly output: string }>;
  accessLog(): Promise<string>;
  errorLog(): Promise<string>;
  /** Changes keys of its ConfigMap, as an administrator would; `null` removes one. */
  configure(data: Readonly<Record<string, string | null>>): Promise<void>;
  /** Restarts it with `--default-ssl-certificate`: NAMESPACE/NAME of a Secret. */
  showByDefault(secret: string): Promise<void>;
  stop(): Promise<void>;
}

/** The real controller and a real nginx on ports 80 and 443. */
export async function startIngressNginx(
  directory: string,
  kubeconfig: string,
  client: AdminClient,
): Promise<IngressNginx> {
  const [tree] = await Promise.all([createFileTree(join(directory, 'ingress-nginx')), createObjects(client)]);
  let controller = createController(directory, kubeconfig, tree);
  try {
    await controller.start();
  } catch (error) {
    await controller.stop();
    throw error;
  }
  return {
    get process() {
      return controller;
    },
    address: PUBLISHED_ADDRESS,
    httpPort: 80,
    httpsPort: 443,
    ingressClassName: INGRESS_CLASS,
    nginxConf: () => readFile(tree.nginxConf, 'utf8'),
    testConf: () => testConf(controller),
    accessLog: () => readFile(join(tree.logs, 'access.log'), 'utf8'),
    errorLog: () => readFile(join(tree.logs, 'error.log'), 'utf8'),
    async configure(data) {
      await client.patch(`/api/v1/namespaces/${NAMESPACE}/configmaps/${CONFIG_MAP}`, { data });
    },
    async showByDefault(secret) {
      await controller.stop();
      controller = createController(directory, kubeconfig, tree, [`--default-ssl-certificate=${secret}`]);
      await controller.start();
    },
    stop: () => controller.stop(),
  };
}

function createController(
  directory: string,
  kubeconfig: string,
  tree: FileTree,
  flags: readonly string[] = [],
): RestartableProcess {
  const command = [
    tree.program,
    `--kubeconfig=${kubeconfig}`,
    `--configmap=${NAMESPACE}/${CONFIG_MAP}`,
    '--controller-class=k8s.io/ingress-nginx',
    `--ingress-class=${INGRESS_CLASS}`,
    `--publish-status-address=${PUBLISHED_ADDRESS}`,
    '--http-port=80',
    '--https-port=443',
    `--healthz-port=${HEALTH_PORT}`,
    // The default since 1.12; this snapshot is from before.
    '--enable-annotation-validation=true',
    '--enable-metrics=false',
    // Only the leader writes status, at intervals of no less than 5 s: a test waits for both.
    '--election-ttl=4s',
    '--status-update-interval=5',
    '--post-shutdown-grace-period=0',
    ...flags,
  ];
  return new RestartableProcess({
    name: 'ingress-nginx',
    command: 'unshare',
    // A process namespace, as a container would have: nginx ends with its controller, however that ends.
    args: [
      ...['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'],
      ...['sh', '-c', mountScript(tree), 'ingress-nginx', ...command],
    ],
    // It writes its draft of nginx.conf below TMPDIR, and only /tmp has the folder for it; see mountScript.
    env: { NGINX_BINARY: '/usr/sbin/nginx', POD_NAME: POD, POD_NAMESPACE: NAMESPACE, TMPDIR: '/tmp' },
    logFile: join(directory, 'ingress-nginx.log'),
    isReady: async () => (await fetch(`http://127.0.0.1:${HEALTH_PORT}/healthz`)).ok,
    readyTimeoutMs: 60_000,
    graceMs: 15_000,
    ownsProcessNamespace: true,
  });
}

async function createObjects(client: AdminClient): Promise<void> {
  await client.create('/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  await client.create('/apis/networking.k8s.io/v1/ingressclasses', {
    metadata: { name: INGRESS_CLASS },
    spec: { controller: 'k8s.io/ingress-nginx' },
  });
  await client.create(`/api/v1/namespaces/${NAMESPACE}/configmaps`, {
    metadata: { name: CONFIG_MAP },
    // The default of 240 s would make every test of a reload wait for minutes.
    data: { 'worker-shutdown-timeout': '5s', 'worker-processes': '1' },
  });
  await client.create(`/api/v1/namespaces/${NAMESPACE}/pods`, {
    metadata: { name: POD, labels: { 'app.kubernetes.io/name': 'ingress-nginx' } },
    spec: { nodeName: 'rig', containers: [{ name: 'controller', image: 'registry.k8s.io/ingress-nginx/controller' }] },
  });
}

function testConf(controller: RestartableProcess): Promise<{ readonly code: number; readonly output: string }> {
  const pid = controller.mainPid;
  if (pid === undefined) throw new Error('ingress-nginx does not run: there is no configuration to test');
  const nginx = ['/usr/sbin/nginx', '-t', '-c', '/etc/nginx/nginx.conf'];
  return new Promise((resolve, reject) => {
    execFile('nsenter', [`--target=${pid}`, '--mount', '--', ...nginx], (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}
