import { join } from 'node:path';
import type { ApiObject } from './admin-client.ts';
import { partDirectory } from './build-parts.ts';
import { createPodNetwork } from './pod-network.ts';
import { RestartableProcess } from './process.ts';
import type { Rig } from './rig.ts';

/** How often Pods are looked at, in milliseconds. */
const period = 100;
const solvers = 'acme.cert-manager.io%2Fhttp01-solver%3Dtrue';
const node = 'solver-node';

/** Networks of Pods below are those of deployment-player.ts. */
let networks = 100;

interface Solver {
  readonly uid: string;
  stop(): Promise<void>;
}

/**
 * Plays scheduler and kubelet for the Pods that solve HTTP-01 challenges in one namespace: cert-manager's own acmesolver runs in
 * a network of its own, and the real endpointslice controller leads the Service to it.
 */
export class SolverPlayer {
  readonly #rig: Rig;
  readonly #path: string;
  readonly #solvers = new Map<string, Solver>();
  #isStopping = false;
  #end: Promise<void> = Promise.resolve();

  private constructor(rig: Rig, namespace: string) {
    this.#rig = rig;
    this.#path = `/api/v1/namespaces/${namespace}/pods`;
  }

  static async start(rig: Rig, namespace: string): Promise<SolverPlayer> {
    const player = new SolverPlayer(rig, namespace);
    // The endpointslice controller leaves out what runs on a node that it does not know.
    const { status, body } = await rig.client.request('POST', '/api/v1/nodes', { metadata: { name: node } });
    if (status !== 201 && status !== 409) throw new Error(`no node: ${JSON.stringify(body)}`);
    player.#end = player.#play();
    // A failure is told by stop(), not by the process.
    player.#end.catch(() => {});
    return player;
  }

  /** Throws what the player failed of, if it did. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    try {
      await this.#end;
    } finally {
      for (const solver of this.#solvers.values()) await solver.stop();
    }
  }

  async #play(): Promise<void> {
    while (!this.#isStopping) {
      for (const pod of await this.#rig.client.list(`${this.#path}?labelSelector=${solvers}`)) await this.#step(pod);
      await new Promise((resolve) => setTimeout(resolve, period));
    }
  }

  async #step(pod: ApiObject): Promise<void> {
    const { name, uid, deletionTimestamp } = pod.metadata;
    const solver = this.#solvers.get(uid);
    if (deletionTimestamp === undefined && solver === undefined) this.#solvers.set(uid, await this.#run(pod));
    if (deletionTimestamp === undefined) return;
    await solver?.stop();
    this.#solvers.delete(uid);
    await this.#rig.client.request('DELETE', `${this.#path}/${name}?gracePeriodSeconds=0`);
  }

  async #run(pod: ApiObject): Promise<Solver> {
    const { name, uid } = pod.metadata;
    const [{ args, ports }] = pod.spec.containers;
    networks += 1;
    const { name: network, ip, remove } = await createPodNetwork(networks);
    const process = new RestartableProcess({
      name: `solver ${name}`,
      command: 'ip',
      args: ['netns', 'exec', network, join(partDirectory('cert-manager'), 'cert-manager'), 'acmesolver', ...args],
      logFile: join(this.#rig.directory, `${name}.log`),
      isReady: async () => (await fetch(`http://${ip}:${ports[0].containerPort}/healthz`)).ok,
      readyTimeoutMs: 20_000,
    });
    const stop = async () => {
      await process.stop();
      await remove();
    };
    try {
      await process.start();
      await this.#report(name, ip);
    } catch (error) {
      await stop();
      throw error;
    }
    return { uid, stop };
  }

  /** The Pod may be gone by now: then there is nothing to report. */
  async #report(name: string, ip: string): Promise<void> {
    const { client } = this.#rig;
    const target = { apiVersion: 'v1', kind: 'Node', name: node };
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target };
    await client.request('POST', `${this.#path}/${name}/binding`, binding);
    const conditions = [{ type: 'Ready', status: 'True' }];
    const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions };
    await client.request('PATCH', `${this.#path}/${name}/status`, { status }, 'application/merge-patch+json');
  }
}
