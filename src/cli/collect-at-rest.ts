import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Clock, sleep } from '../kube/clock.ts';

/** How often the process is looked at, in milliseconds. */
const period = 10_000;
/** What it uses of one core at rest, at most: watches, the Lease, scrapes and the handshakes of thousands of routes. */
const restShare = 0.1;
/** How much more than after the last collection is worth another pause. */
const worthwhile = 1.2;

/** The process and its heap. */
export interface Heap {
  /** CPU time of the process since its start, in milliseconds. */
  readCpu(): number;
  /** What is in use, garbage included, in bytes. */
  readUsed(): number;
  /** Collects all that can be collected and gives the pages back; nothing else happens meanwhile. */
  collect(): void;
}

/**
 * Collects garbage when a burst is over and nothing is going on, until `signal` is aborted.
 *
 * V8 collects the old generation when it grows, and at rest it does not: what a list of 5,000 routes leaves behind would stay for good,
 * a quarter of the memory of the process. Its own remedy, the memory reducer, only begins after such a collection (v8/src/heap/memory-reducer.h).
 */
export async function collectAtRest(clock: Clock, heap: Heap, signal: AbortSignal): Promise<void> {
  let cpu = heap.readCpu();
  let left = 0;
  for (;;) {
    await sleep(clock, period, signal);
    if (signal.aborted) return;
    const before = cpu;
    cpu = heap.readCpu();
    if (cpu - before >= restShare * period || heap.readUsed() <= worthwhile * left) continue;
    heap.collect();
    left = heap.readUsed();
    cpu = heap.readCpu();
  }
}

/**
 * The heap of this process, of which V8 collects the old generation from now on when it has grown by a third, not fourfold: a burst leaves less
 * behind, at no cost that could be measured.
 *
 * Both flags are set when the process has started and not with it: Node.js would throw away the compiled code that it brings along, since V8
 * compares the flags with those of its making. That would be 50 ms of each start.
 */
export function openHeap(): Heap {
  setFlagsFromString('--heap-growing-percent=30');
  return {
    readCpu() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    readUsed: () => process.memoryUsage().heapUsed,
    collect() {
      setFlagsFromString('--expose-gc');
      const collect: NonNullable<typeof globalThis.gc> = runInNewContext('gc');
      collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    },
  };
}
