import { readIdleTimeout } from './idle-timeout.ts';
import { type Annotations, carry, leave, type Reading } from './reading.ts';
import { formatDuration, parseNginxTime } from './times.ts';

/** Seconds; docs.nginx.com, ConfigMap key proxy-connect-timeout. */
const connectByDefault = 60;
const longestConnect = 75;
const otherwise = 'it is no time above 0 in whole seconds';

/** `timeouts` from the annotations of F5's controller. */
export function readF5Timeouts(annotations: Annotations): readonly Reading[] {
  const form = { parse: parseSeconds, otherwise };
  return [...readIdleTimeout(annotations, form), readConnect(annotations.get('proxy-connect-timeout'))];
}

function readConnect(text: string | undefined): Reading {
  const name = 'proxy-connect-timeout';
  const seconds = text === undefined ? undefined : parseSeconds(text);
  const part = { timeouts: { connect: formatDuration(Math.min(seconds ?? connectByDefault, longestConnect)) } };
  if (text === undefined) return { kind: 'remark', name, part };
  if (seconds === undefined) return leave(name, otherwise, 'set spec.timeouts.connect', part);
  return carry(name, 'spec.timeouts.connect', part);
}

/** Whole seconds; a route knows no milliseconds. */
function parseSeconds(text: string): number | undefined {
  const seconds = parseNginxTime(text);
  return seconds === undefined || seconds < 1 || !Number.isInteger(seconds) ? undefined : seconds;
}
