import type { Kind } from '../api/kinds.ts';
import { parseKey } from '../api/objects.ts';
import { Reflector, type ReflectorOptions, type ReflectorState } from '../kube/reflector.ts';
import type { Cache } from './cache.ts';

/** The state of the whole is that of the part that is furthest behind. */
const order: readonly ReflectorState['phase'][] = ['retrying', 'absent', 'starting', 'listing', 'watching'];

/** One reflector for each of several namespaces, and one cache to everybody else: watching a namespace needs a Role only. */
export class FederatedReflector<T> implements Cache<T> {
  readonly kind: Kind;
  readonly #parts: ReadonlyMap<string, Reflector<T>>;
  readonly #onState: ((state: ReflectorState) => void) | undefined;
  #reported: ReflectorState['phase'] = 'starting';

  constructor(namespaces: readonly string[], options: ReflectorOptions<T>) {
    this.kind = options.kind;
    this.#onState = options.onState;
    this.#parts = new Map(
      namespaces.map((namespace) => [
        namespace,
        new Reflector({ ...options, namespace, onState: (state) => this.#note(state) }),
      ]),
    );
  }

  get state(): ReflectorState {
    const states = [...this.#parts.values()].map(({ state }) => state);
    const [worst] = states.sort((left, right) => order.indexOf(left.phase) - order.indexOf(right.phase));
    return worst ?? { phase: 'starting' };
  }

  get hasSynced(): boolean {
    return this.#everyPart(({ hasSynced }) => hasSynced);
  }

  /** The kind is there for all namespaces or for none: it is absent until every part has found it. */
  get isAbsent(): boolean {
    return !this.#everyPart(({ isAbsent }) => !isAbsent);
  }

  /** A backup is restored for the whole cluster, so whichever part notices it first speaks for all. */
  get epoch(): number {
    return this.#sum(({ epoch }) => epoch);
  }

  get size(): number {
    return this.#sum(({ size }) => size);
  }

  get(key: string): T | undefined {
    return this.#partOf(key)?.get(key);
  }

  uidOf(key: string): string | undefined {
    return this.#partOf(key)?.uidOf(key);
  }

  resourceVersionOf(key: string): string | undefined {
    return this.#partOf(key)?.resourceVersionOf(key);
  }

  *entries(): Generator<[key: string, value: T], void, void> {
    for (const part of this.#parts.values()) yield* part.entries();
  }

  *values(): Generator<T, void, void> {
    for (const part of this.#parts.values()) yield* part.values();
  }

  /** The part of the key's namespace tells: in a quiet namespace versions move once a minute only, by bookmarks. */
  hasSeen(resourceVersion: string, epoch: number, key: string): boolean {
    return epoch !== this.epoch || this.#partOf(key)?.hasSeen(resourceVersion) !== false;
  }

  async whenSynced(signal?: AbortSignal): Promise<void> {
    await Promise.all([...this.#parts.values()].map((part) => part.whenSynced(signal)));
  }

  start(signal?: AbortSignal): void {
    for (const part of this.#parts.values()) part.start(signal);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#parts.values()].map((part) => part.stop()));
  }

  /** Each failure is told; otherwise only what is news of the whole. */
  #note(state: ReflectorState): void {
    const whole = this.state;
    if (state.phase !== 'retrying' && whole.phase === this.#reported) return;
    this.#reported = whole.phase;
    this.#onState?.(state.phase === 'retrying' ? state : whole);
  }

  #partOf(key: string): Reflector<T> | undefined {
    return this.#parts.get(parseKey(key).namespace);
  }

  #everyPart(holds: (part: Reflector<T>) => boolean): boolean {
    return [...this.#parts.values()].every(holds);
  }

  #sum(measure: (part: Reflector<T>) => number): number {
    let sum = 0;
    for (const part of this.#parts.values()) sum += measure(part);
    return sum;
  }
}
