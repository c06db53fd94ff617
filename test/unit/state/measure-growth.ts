import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** By how many bytes the heap has grown when `count` of what `make` returns are kept. Equal strings cannot be told apart otherwise. */
export function measureGrowth(count: number, make: () => unknown): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: count }, make);
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  if (kept.length !== count) throw new Error('what was made is to be in memory until here');
  return grown;
}
