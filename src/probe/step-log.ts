import type { Failure, ProbeResult, Step, StepName } from './result.ts';

export type StepOutcome<Value> =
  | { readonly value: Value; readonly detail: string; readonly failure?: never }
  | { readonly failure: Failure };

/** The steps of one probe, as they are made. */
export class StepLog {
  readonly #names: readonly StepName[];
  readonly #startedAt = performance.now();
  readonly #steps: Step[] = [];
  #failure: Failure | undefined;
  #upgradedAt: number | undefined;

  constructor(names: readonly StepName[]) {
    this.#names = names;
  }

  /** Makes a step; undefined when it failed. */
  async take<Value>(name: StepName, act: () => Promise<StepOutcome<Value>>): Promise<Value | undefined> {
    const startedAt = performance.now();
    const outcome = await act();
    const endedAt = performance.now();
    const ms = Math.round(endedAt - startedAt);
    if (name === 'upgrade') this.#upgradedAt = endedAt;
    if (outcome.failure !== undefined) {
      this.#failure = outcome.failure;
      this.#steps.push({ name, result: 'failed', ms, detail: outcome.failure.detail ?? outcome.failure.found });
      return undefined;
    }
    this.#steps.push({ name, result: 'passed', ms, detail: outcome.detail });
    return outcome.value;
  }

  /** The verdict over the steps that were made; those that were not are skipped. */
  conclude(): Omit<ProbeResult, 'tls' | 'http' | 'idle'> {
    const rest = this.#names.slice(this.#steps.length);
    const skipped = rest.map((name) => ({ name, result: 'skipped', ms: 0, detail: '' }) as const);
    const latencyMs = Math.round((this.#upgradedAt ?? performance.now()) - this.#startedAt);
    const steps = [...this.#steps, ...skipped];
    if (this.#failure === undefined) {
      return { isReachable: true, reason: 'Connected', message: 'the WebSocket handshake succeeded', steps, latencyMs };
    }
    const { reason, found, cure, isOwnLack } = this.#failure;
    const verdict = { reason, message: `${found}: ${cure}`, found, cure, ...(isOwnLack && { isOwnLack }) };
    return { isReachable: false, ...verdict, steps, latencyMs };
  }
}
