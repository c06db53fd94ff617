import type { Kind } from '../api/kinds.ts';
import { systemClock } from '../kube/clock.ts';
import { classify, describe, retryAfterMs } from '../kube/errors.ts';
import { EventRecorder } from '../kube/events.ts';
import type { ReflectorState } from '../kube/reflector.ts';
import type { Transport } from '../kube/transport.ts';
import type { Policy } from '../route/policy.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics, RouteReading } from '../telemetry/metrics.ts';
import { type Caches, createCaches, listCaches } from './caches.ts';
import type { ReconcileContext, Write } from './context.ts';
import { createVerifier, type VerificationOptions } from './create-verifier.ts';
import { Expectations } from './expectations.ts';
import { awaitFirstLists } from './first-lists.ts';
import { Installations, waitsFor } from './installations.ts';
import { type AnyReflector, describeState, isComplete, isOptional } from './readiness.ts';
import { reconcile } from './reconcile.ts';
import { readRoutes } from './route-readings.ts';
import { Triggers } from './triggers.ts';
import type { Verifier } from './verifier.ts';
import { Workqueue } from './workqueue.ts';

export interface ControllerOptions {
  readonly transport: Transport;
  /** Empty: every namespace. */
  readonly namespaces: readonly string[];
  readonly policy: Policy;
  /** Routes that are reconciled at once. */
  readonly workers: number;
  /** Name of this process in Events. */
  readonly identity: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Undefined: routes are not proved by handshakes. */
  readonly verification: VerificationOptions | undefined;
}

/** How often every route is looked at without a cause, in milliseconds: a safeguard, as controller-runtime's SyncPeriod. */
const resyncPeriod = 10 * 3600 * 1000;

/** Watches, wakes, reconciles: from {@link Controller.start} until {@link Controller.stop}. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #caches: Caches;
  readonly #context: ReconcileContext;
  readonly #events: EventRecorder;
  readonly #stopping = new AbortController();
  /** Routes whose last pass failed. */
  readonly #failing = new Set<string>();
  /** Only while this process leads. What changes before is not remembered: a term begins with a look at every route. */
  #queue: Workqueue | undefined;
  #verifier: Verifier | undefined;
  #cancelResync: () => void = () => {};
  readonly #installations = new Installations();
  #hasBegun = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    const { transport, namespaces, policy, identity, log, verification } = options;
    const triggers = new Triggers((key) => this.#queue?.add(key));
    this.#caches = createCaches({
      transport,
      namespaces,
      policy,
      triggers,
      onState: (kind, state) => this.#noteState(kind, state),
      onError: (kind, error) => log.error({ kind: kind.kind, err: error }, 'watch event was not understood'),
      onPassedOver: (key) => log.debug({ route: key }, 'route of a class that is not served, left alone'),
    });
    this.#events = new EventRecorder({
      transport,
      reportingInstance: identity,
      now: () => new Date(),
      onDropped: ({ reason, regarding }, why, error) =>
        log.warn({ reason, route: `${regarding.namespace}/${regarding.name}`, why, err: error }, 'event dropped'),
    });
    this.#context = {
      transport,
      caches: this.#caches,
      triggers,
      expectations: new Expectations(),
      policy,
      proofsOf: (key) => (verification === undefined ? 'off' : (this.#verifier?.proofsOf(key) ?? new Map())),
      now: () => new Date(),
      onWrite: (write) => this.#noteWrite(write),
      onEvent: (event) => this.#events.record(event),
    };
  }

  /**
   * Begins to watch; resolves when every cache is complete. Before, everything would seem to be missing. A kind that only some routes
   * need and that cannot be read is not waited for in the end: those routes are left as they are until it can.
   */
  async start(): Promise<void> {
    const reflectors = this.#listReflectors();
    for (const reflector of reflectors) reflector.start();
    await awaitFirstLists(reflectors, { clock: systemClock, signal: this.#stopping.signal });
    this.#hasBegun = true;
    const { log } = this.#options;
    for (const { kind, state } of reflectors.filter(({ hasSynced }) => !hasSynced)) {
      this.#installations.doWithout(kind);
      const fields = { kind: kind.kind, group: kind.group, error: describeState(state) };
      log.warn(fields, 'kind cannot be read, routes that need it are left as they are');
    }
    log.info({ routes: this.#caches.routes.size }, 'caches complete');
  }

  /** Reconciles from now on. Routes that nobody has looked at since they changed come first. */
  lead(): void {
    if (this.#stopping.signal.aborted || this.#queue !== undefined) return;
    const { log, metrics, workers } = this.#options;
    log.info({ routes: this.#caches.routes.size }, 'reconciling');
    const queue = new Workqueue({ random: Math.random, clock: systemClock, metrics: metrics.workqueue });
    this.#queue = queue;
    this.#verifier = this.#createVerifier();
    this.#context.triggers.forgetJudgements();
    for (const [key, { metadata, status }] of this.#caches.routes.entries()) {
      queue.add(key, { lane: status?.observedGeneration === metadata.generation ? 'background' : 'live' });
    }
    this.#cancelResync = systemClock.setTimer(() => this.#resync(), resyncPeriod);
    queue.run(workers, (key, signal) => this.#reconcile(key, signal));
  }

  /** Another process may lead by now: drops what is under way. The caches stay warm. */
  stepDown(): void {
    void this.#endTerm(0);
  }

  /** Takes no new work, finishes what is in flight, closes the watches. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopping.abort();
    await this.#endTerm(deadlineMs);
    await this.#events.flush(1000);
    this.#events.stop();
    await Promise.all(this.#listReflectors().map((reflector) => reflector.stop()));
  }

  /** One check for each watch, for `/readyz`: what it waits for, or undefined. */
  listChecks(): readonly { readonly name: string; readonly failure: string | undefined }[] {
    return this.#listReflectors().map((reflector) => ({
      name: `watch-${reflector.kind.plural}`,
      failure: isComplete(reflector, this.#hasBegun) ? undefined : describeState(reflector.state),
    }));
  }

  /** For the metrics: each route as its status is now. */
  readRoutes(): Iterable<RouteReading> {
    return readRoutes(this.#caches.routes.entries());
  }

  #createVerifier(): Verifier | undefined {
    const { verification, log, metrics } = this.#options;
    if (verification === undefined) return undefined;
    const find = (key: string) => this.#caches.routes.get(key);
    return createVerifier(verification, { log, metrics, find, wake: (key) => this.#queue?.add(key) });
  }

  async #endTerm(deadlineMs: number): Promise<void> {
    const queue = this.#queue;
    this.#queue = undefined;
    this.#verifier?.stop();
    this.#verifier = undefined;
    this.#cancelResync();
    this.#failing.clear();
    if (queue === undefined) return;
    const { unfinished } = await queue.stop(deadlineMs);
    if (unfinished.length > 0) this.#options.log.warn({ unfinished: unfinished.length }, 'routes left in the middle');
  }

  #resync(): void {
    for (const [key] of this.#caches.routes.entries()) this.#queue?.add(key, { lane: 'background' });
    this.#cancelResync = systemClock.setTimer(() => this.#resync(), resyncPeriod);
  }

  async #reconcile(key: string, signal: AbortSignal): Promise<void> {
    const { log, metrics } = this.#options;
    const { expectations, triggers } = this.#context;
    const finish = metrics.startReconcile();
    // A route that breaks the schema, as an older one lets it in, has nothing that could be asked for.
    const prove = () => this.#verifier?.update(key, triggers.isValid(key) ? this.#caches.routes.get(key) : undefined);
    try {
      // What the status says before this pass is what the last proof was about.
      prove();
      await reconcile(key, this.#context, signal);
      // What has come back before its write was answered has woken the route already, or has gone again without an event.
      if (expectations.isWaiting(key) && expectations.areMet(key)) this.#queue?.add(key);
      this.#failing.delete(key);
      prove();
      finish('success');
    } catch (error) {
      this.#failing.add(key);
      finish(signal.aborted ? 'success' : 'error');
      if (signal.aborted || classify(error) === 'aborted') return;
      const fields = { route: key, class: classify(error), error: describe(error) };
      if (classify(error) === 'unknown') log.error({ ...fields, err: error }, 'reconcile failed, will be retried');
      else log.warn(fields, 'reconcile failed, will be retried');
      this.#queue?.retry(key, { minimumMs: retryAfterMs(error) ?? 0 });
    }
  }

  #noteState(kind: Kind, state: ReflectorState): void {
    const { log, metrics } = this.#options;
    if (state.phase === 'retrying') {
      metrics.countReflectorRestart(kind.kind, classify(state.error));
      log.warn(
        { kind: kind.kind, attempt: state.attempt, error: describe(state.error) },
        'watch failed, will be retried',
      );
    } else if (state.phase === 'absent' && !isOptional(kind)) {
      log.warn({ kind: kind.kind, group: kind.group }, 'kind is not installed, waiting for it');
    } else {
      log.debug({ kind: kind.kind, phase: state.phase }, 'watch');
    }
    if (state.phase === 'watching') this.#wakeWaiting();
    const news = this.#installations.note(kind, state.phase);
    if (news !== undefined) this.#noteInstallation(kind, news);
  }

  /**
   * A watch that is open again tells that the API server is back: what failed meanwhile need not wait out its backoff. And what was
   * written before a new list, and has gone before it, is never told by an event: its route would wait for one.
   */
  #wakeWaiting(): void {
    for (const key of [...this.#failing, ...this.#context.expectations.waiting()]) this.#queue?.add(key);
  }

  /** Routes that need a kind wait for it in their status; they are woken when it comes or goes. */
  #noteInstallation({ kind, group }: Kind, news: 'installed' | 'removed' | 'read'): void {
    if (news === 'installed') this.#options.log.info({ kind, group }, 'kind is installed');
    if (news === 'read') this.#options.log.info({ kind, group }, 'kind can be read');
    for (const [key, { spec }] of this.#caches.routes.entries()) {
      if (news === 'read' || waitsFor(spec, kind)) this.#queue?.add(key);
    }
  }

  #noteWrite({ routeKey, kind, name, action, field }: Write): void {
    const { log, metrics } = this.#options;
    metrics.countWrite(kind, action);
    const fields = { route: routeKey, kind, name, ...(field !== undefined && { field }) };
    if (action === 'status') log.info(fields, 'status written');
    else log.info({ ...fields, action }, 'object written');
  }

  #listReflectors(): readonly AnyReflector[] {
    return listCaches(this.#caches);
  }
}
