import { eventKind } from '../api/kinds.ts';
import type { Clock } from './clock.ts';
import { sleep, systemClock } from './clock.ts';
import { delayEvent } from './delay-event.ts';
import { classify } from './errors.ts';
import type { EventInput } from './event-object.ts';
import { cleanNote, eventNamespace, eventObject } from './event-object.ts';
import { microTime } from './micro-time.ts';
import { pathOf } from './path.ts';
import { TokenBucket } from './token-bucket.ts';
import type { Transport } from './transport.ts';

export type { EventInput, ObjectReference } from './event-object.ts';

export interface EventRecorderOptions {
  readonly transport: Pick<Transport, 'request'>;
  /** Which replica speaks: its Pod's name. */
  readonly reportingInstance: string;
  /** Time of the cluster, for the time stamps. */
  readonly now: () => Date;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** The object had too many events, the queue is full, or the API server would not take it. */
  readonly onDropped?: (event: EventInput, why: 'rate' | 'queue' | 'failed', error?: unknown) => void;
  /** Repetitions of one event are written at most this often (30 s). */
  readonly seriesMs?: number;
}

/** One event and its repetitions. */
interface Series {
  readonly id: string;
  readonly event: EventInput;
  /** Empty until the first write. */
  name: string;
  count: number;
  lastAt: Date;
  writtenCount: number;
  /** Failures since the last success. */
  failures: number;
  isQueued: boolean;
  cancelTimer: (() => void) | undefined;
}

const maximumSeries = 2_000;
const maximumQueue = 1_000;
/** As client-go's spam filter: 25 at once per object, then one each 5 minutes. */
const burst = 25;
const refillMs = 300_000;

/** Writes Events (events.k8s.io/v1) behind the caller's back: never blocks, never fails, never floods. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #clock: Clock;
  readonly #series = new Map<string, Series>();
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #queue: Series[] = [];
  readonly #stopping = new AbortController();
  #writing: Promise<void> | undefined;
  #serial = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  record(input: EventInput): void {
    if (this.#stopping.signal.aborted) return;
    const event = { ...input, note: cleanNote(input.note) };
    const id = JSON.stringify([event.regarding.uid, event.regarding.name, event.type, event.reason, event.note]);
    const known = this.#series.get(id);
    if (known !== undefined) {
      this.#remember(known);
      known.count += 1;
      known.lastAt = this.#options.now();
      this.#schedule(known);
      return;
    }
    if (!this.#bucketOf(event).take(this.#clock.now())) {
      this.#options.onDropped?.(event, 'rate');
      return;
    }
    const lastAt = this.#options.now();
    const series: Series = {
      id,
      event,
      name: '',
      count: 1,
      lastAt,
      writtenCount: 0,
      failures: 0,
      isQueued: false,
      cancelTimer: undefined,
    };
    if (this.#enqueue(series)) this.#remember(series);
  }

  /** Waits until everything that is queued is written, at most `deadlineMs`. */
  async flush(deadlineMs: number): Promise<void> {
    for (const series of this.#series.values()) {
      if (series.cancelTimer === undefined) continue;
      series.cancelTimer();
      series.cancelTimer = undefined;
      this.#enqueue(series);
    }
    const late = new AbortController();
    await Promise.race([this.#writing, sleep(this.#clock, deadlineMs, late.signal)]);
    late.abort();
  }

  /** Drops what is not written yet. */
  stop(): void {
    this.#stopping.abort();
    for (const series of this.#series.values()) series.cancelTimer?.();
    this.#queue.length = 0;
  }

  /** The least recently used series is forgotten when there are too many. */
  #remember(series: Series): void {
    this.#series.delete(series.id);
    this.#series.set(series.id, series);
    const [oldest] = this.#series.values();
    if (this.#series.size <= maximumSeries || oldest === undefined) return;
    oldest.cancelTimer?.();
    this.#series.delete(oldest.id);
    if (oldest.cancelTimer !== undefined && oldest.writtenCount === 0) this.#options.onDropped?.(oldest.event, 'queue');
  }

  #bucketOf(event: EventInput): TokenBucket {
    const id = event.regarding.uid;
    const known = this.#buckets.get(id);
    const bucket = known ?? new TokenBucket(burst, refillMs, this.#clock.now());
    this.#buckets.delete(id);
    this.#buckets.set(id, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > maximumSeries && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }

  #schedule(series: Series): void {
    if (series.isQueued || series.cancelTimer !== undefined || this.#stopping.signal.aborted) return;
    const wait = this.#options.seriesMs ?? 30_000;
    series.cancelTimer = this.#clock.setTimer(() => {
      series.cancelTimer = undefined;
      // A repetition that may not be written now stays counted and goes with the next one.
      if (this.#bucketOf(series.event).take(this.#clock.now())) this.#enqueue(series);
      else this.#schedule(series);
    }, wait);
  }

  #enqueue(series: Series): boolean {
    if (this.#queue.length >= maximumQueue) {
      this.#options.onDropped?.(series.event, 'queue');
      return false;
    }
    series.isQueued = true;
    this.#queue.push(series);
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    return true;
  }

  async #writeAll(): Promise<void> {
    for (let series = this.#queue.shift(); series !== undefined; series = this.#queue.shift()) {
      series.isQueued = false;
      await this.#writePatiently(series);
      if (series.count > series.writtenCount) this.#schedule(series);
    }
  }

  /** While nobody can write (the API server is away, or this replica may not write now) the rest of the queue waits as well. */
  async #writePatiently(series: Series): Promise<void> {
    const signal = this.#stopping.signal;
    while (!signal.aborted) {
      try {
        await this.#write(series);
        series.failures = 0;
        return;
      } catch (error) {
        series.failures += 1;
        const delay = delayEvent(error, series.failures, this.#options.random ?? Math.random);
        if (delay === undefined) return this.#giveUp(series, error);
        if (classify(error) === 'forbidden') return this.#postpone(series, delay);
        await sleep(this.#clock, delay, signal);
      }
    }
  }

  /** A denial may be of one namespace only: nobody waits behind it. */
  #postpone(series: Series, ms: number): void {
    series.cancelTimer = this.#clock.setTimer(() => {
      series.cancelTimer = undefined;
      this.#enqueue(series);
    }, ms);
  }

  /** The next occurrence begins anew. */
  #giveUp(series: Series, error: unknown): void {
    this.#series.delete(series.id);
    series.writtenCount = series.count;
    this.#options.onDropped?.(series.event, 'failed', error);
  }

  async #write(series: Series): Promise<void> {
    const { count, lastAt } = series;
    if (series.writtenCount > 0 && (await this.#patch(series, count, lastAt))) {
      series.writtenCount = count;
      return;
    }
    await this.#create(series, lastAt);
    series.writtenCount = Math.max(1, series.writtenCount);
  }

  async #create(series: Series, at: Date): Promise<void> {
    const object = eventObject(series.event, this.#options.reportingInstance, at, this.#serial++);
    // The name is kept for the next attempt: when only the answer was lost, that one ends with alreadyExists.
    const body = series.name === '' ? object : { ...object, metadata: { ...object.metadata, name: series.name } };
    series.name = body.metadata.name;
    const path = pathOf(eventKind, eventNamespace(series.event));
    try {
      await this.#options.transport.request({ method: 'POST', path, body, signal: this.#stopping.signal });
    } catch (error) {
      if (classify(error) !== 'alreadyExists') throw error;
    }
  }

  /** False when the Event is gone (the API server keeps them for an hour) and is to be made anew. */
  async #patch(series: Series, count: number, lastAt: Date): Promise<boolean> {
    try {
      await this.#options.transport.request({
        method: 'PATCH',
        path: pathOf(eventKind, eventNamespace(series.event), series.name),
        contentType: 'application/merge-patch+json',
        body: { series: { count, lastObservedTime: microTime(lastAt) } },
        signal: this.#stopping.signal,
      });
      return true;
    } catch (error) {
      if (classify(error) !== 'notFound') throw error;
      series.name = '';
      series.count = 1;
      series.writtenCount = 0;
      return false;
    }
  }
}
