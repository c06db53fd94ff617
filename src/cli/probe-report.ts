import type { ProbeResult } from '../probe/result.ts';

/** A line for each step, then the verdict: what was found, and below it what to do. */
export function formatResult({ steps, reason, message, found = message, cure, latencyMs }: ProbeResult): string {
  const lines = steps.map(({ name, result, ms, detail }) => {
    const time = result === 'skipped' ? '' : formatTime(ms);
    const words = result !== 'failed' ? detail : detail === found ? reason : `${reason} (${detail})`;
    return `${name.padEnd(11)}  ${result.padEnd(7)}  ${time.padStart(8)}  ${words}`.trimEnd();
  });
  const verdict =
    cure === undefined ? [`${reason}: ${found} in ${latencyMs} ms`] : [`${reason}: ${found}`, `cure: ${cure}`];
  return `${[...lines, '', ...verdict].join('\n')}\n`;
}

function formatTime(ms: number): string {
  return ms < 10_000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}
