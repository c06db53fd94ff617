import { randomBytes } from 'node:crypto';
import type { ApiObject } from './admin-client.ts';
import { openKubernetesService, type Pod, startPod } from './pod.ts';
import type { Relay } from './relay.ts';
import type { Rig } from './rig.ts';
import { GiveUp, waitUntil } from './wait-until.ts';

/** How often the Deployment and its Pods are looked at, in milliseconds. */
const period = 50;

/** How long a container that has ended stays down, in milliseconds; a kubelet waits longer each time. */
const restartDelay = 1_000;

/** Plays the Deployment controller for one Deployment, and by {@link startPod} the kubelet. It may come and go. */
export class DeploymentPlayer {
  readonly #rig: Rig;
  readonly #path: string;
  readonly #namespace: string;
  readonly #service: Relay;
  #pods: readonly Pod[] = [];
  #started = 0;
  #restarts = 0;
  #restartedAt = Number.NEGATIVE_INFINITY;
  #status = '';
  #isStopping = false;
  #failure: unknown;
  #end: Promise<void> = Promise.resolve();

  private constructor(rig: Rig, namespace: string, name: string, service: Relay) {
    this.#rig = rig;
    this.#namespace = namespace;
    this.#path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
    this.#service = service;
  }

  static async start(rig: Rig, namespace: string, name: string): Promise<DeploymentPlayer> {
    const player = new DeploymentPlayer(rig, namespace, name, await openKubernetesService());
    player.#end = player.#play();
    return player;
  }

  get pods(): readonly Pod[] {
    return this.#pods;
  }

  /** How many containers have been started again because they had ended. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Waits until every replica is of the current template and ready; 0 where there is no Deployment. Returns the Pods. */
  async waitUntilRolledOut(what: string, timeoutMs = 60_000): Promise<readonly Pod[]> {
    const explain = () => this.#pods.map((pod) => pod.logTail()).join('\n');
    return await waitUntil(
      async () => {
        if (this.#failure !== undefined) throw new GiveUp(String(this.#failure), { cause: this.#failure });
        const deployment = await this.#rig.client.find(this.#path);
        return (deployment === undefined ? this.#pods.length === 0 : isRolledOut(deployment)) && this.#pods;
      },
      { what, timeoutMs, explain },
    );
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#end;
    await this.#remove(this.#pods);
    await this.#service.close();
  }

  async #play(): Promise<void> {
    while (!this.#isStopping && this.#failure === undefined) {
      try {
        await this.#step(await this.#rig.client.find(this.#path));
        await new Promise((resolve) => setTimeout(resolve, period));
      } catch (error) {
        this.#failure = error;
      }
    }
  }

  /** One step towards what the Deployment asks for. */
  async #step(deployment: ApiObject | undefined): Promise<void> {
    if (deployment === undefined) return await this.#remove(this.#pods);
    const { replicas = 1, template, strategy } = deployment.spec;
    if (performance.now() > this.#restartedAt + restartDelay) await this.#revive();
    const revision = JSON.stringify(template);
    const current = this.#pods.filter((pod) => JSON.stringify(pod.template) === revision);
    const old = this.#pods.filter((pod) => !current.includes(pod));
    const ready = await this.#listReady();
    const { surge, unavailable } = countSpares(strategy, replicas);
    const isLast = strategy?.type === 'Recreate' && old.length > 0;
    if (isLast) await this.#remove(old);
    else if (current.length < replicas && this.#pods.length < replicas + surge) await this.#add(deployment);
    else if (current.length > replicas) await this.#remove(current.slice(replicas));
    const victim = old.find((pod) => !ready.includes(pod)) ?? old[0];
    const isSpare = victim !== undefined && (!ready.includes(victim) || ready.length - 1 >= replicas - unavailable);
    if (isSpare && !isLast) await this.#remove([victim]);
    await this.#report(deployment, revision);
  }

  async #revive(): Promise<void> {
    for (const pod of this.#pods) {
      if (!(await pod.revive())) continue;
      this.#restarts += 1;
      this.#restartedAt = performance.now();
    }
  }

  async #listReady(): Promise<readonly Pod[]> {
    const answers = await Promise.all(this.#pods.map(async (pod) => ((await pod.isReady()) ? [pod] : [])));
    return answers.flat();
  }

  async #add(deployment: ApiObject): Promise<void> {
    this.#started += 1;
    const name = `${deployment.metadata.name}-${randomBytes(4).toString('hex')}`;
    const { template } = deployment.spec;
    const options = { namespace: this.#namespace, name, template, owner: deployment, number: this.#started };
    this.#pods = [...this.#pods, await startPod(this.#rig, options)];
  }

  async #remove(pods: readonly Pod[]): Promise<void> {
    this.#pods = this.#pods.filter((pod) => !pods.includes(pod));
    await Promise.all(pods.map((pod) => pod.remove()));
  }

  /** What `helm --wait` and `kubectl rollout status` look at. */
  async #report({ metadata, spec }: ApiObject, revision: string): Promise<void> {
    const { replicas = 1 } = spec;
    const ready = await this.#listReady();
    const updated = this.#pods.filter((pod) => JSON.stringify(pod.template) === revision);
    const isAvailable = ready.length >= replicas;
    const condition = (type: string, isTrue: boolean, reason: string) => ({
      type,
      status: isTrue ? 'True' : 'False',
      reason,
    });
    const status = {
      observedGeneration: metadata.generation,
      replicas: this.#pods.length,
      updatedReplicas: updated.length,
      readyReplicas: ready.length,
      availableReplicas: ready.length,
      unavailableReplicas: Math.max(0, replicas - ready.length),
      conditions: [
        condition('Available', isAvailable, 'MinimumReplicasAvailable'),
        condition('Progressing', true, isAvailable ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated'),
      ],
    };
    const text = JSON.stringify(status);
    if (text === this.#status) return;
    const answer = await this.#rig.client.request(
      'PATCH',
      `${this.#path}/status`,
      { status },
      'application/merge-patch+json',
    );
    if (answer.status === 200) this.#status = text;
  }
}

function isRolledOut({ metadata, spec, status }: ApiObject): boolean {
  const { replicas = 1 } = spec;
  return (
    status?.observedGeneration === metadata.generation &&
    status.replicas === replicas &&
    status.updatedReplicas === replicas &&
    status.readyReplicas === replicas
  );
}

/** How many Pods may be there more, and how many fewer may be ready, during a rollout; percentages are rounded up and down. */
function countSpares(strategy: ApiObject | undefined, replicas: number): { surge: number; unavailable: number } {
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy?.rollingUpdate ?? {};
  const read = (value: number | string, round: (share: number) => number) =>
    typeof value === 'number' ? value : round((Number.parseFloat(value) / 100) * replicas);
  return { surge: read(maxSurge, Math.ceil), unavailable: read(maxUnavailable, Math.floor) };
}
