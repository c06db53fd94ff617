import { type Annotations, assume, carry, leave, type Reading, remark } from './reading.ts';
import { formatDuration, parseNginxTime } from './times.ts';

/** Seconds; docs.nginx.com, ConfigMap keys proxy-read-timeout, proxy-send-timeout and proxy-connect-timeout. */
const byDefault = 60;
const longestIdle = 604_800;
const longestConnect = 75;

/** As in community-timeouts.ts: proxy-read-timeout alone cuts silent sockets. */
export function readF5Timeouts(annotations: Annotations): readonly Reading[] {
  const read = annotations.get('proxy-read-timeout');
  const seconds = parseSeconds(read);
  const idle = Math.min(seconds ?? byDefault, longestIdle);
  return [
    readIdle(read, seconds, idle),
    ...readSend(annotations.get('proxy-send-timeout'), seconds, idle),
    readConnect(annotations.get('proxy-connect-timeout')),
  ];
}

function readIdle(text: string | undefined, seconds: number | undefined, idle: number): Reading {
  const name = 'proxy-read-timeout';
  const part = { timeouts: { idle: formatDuration(idle) } };
  const wish = 'sockets want longer: 1h is what a WssRoute has where it says nothing';
  if (text === undefined) {
    return assume(name, part, `it is left out, so silent sockets are cut after 60 s, and are so by the route; ${wish}`);
  }
  if (seconds === undefined)
    return leave(name, 'it is no time above 0 in whole seconds', 'set spec.timeouts.idle', part);
  if (seconds > longestIdle) {
    const because = `a route takes at most ${formatDuration(longestIdle)}, which is written`;
    return leave(name, because, 'nothing: let one side ping', part);
  }
  return carry(name, 'spec.timeouts.idle', part);
}

function readSend(text: string | undefined, read: number | undefined, idle: number): readonly Reading[] {
  const name = 'proxy-send-timeout';
  const seconds = parseSeconds(text) ?? byDefault;
  const isCut = read !== undefined && read > idle && seconds === read;
  if (seconds === idle || isCut) return text === undefined ? [] : [carry(name, 'spec.timeouts.idle', {})];
  const why =
    'it is how long a backend may take nothing that is sent to it; proxy-read-timeout alone cuts silent sockets';
  if (text === undefined) {
    return [remark(name, `it is left out, which means 60 s, and becomes ${formatDuration(idle)}: ${why}`)];
  }
  return [leave(name, `a route has one time for both, and takes that of proxy-read-timeout: ${why}`, 'nothing')];
}

function readConnect(text: string | undefined): Reading {
  const name = 'proxy-connect-timeout';
  const seconds = parseSeconds(text);
  const part = { timeouts: { connect: formatDuration(Math.min(seconds ?? byDefault, longestConnect)) } };
  if (text === undefined) return { kind: 'remark', name, part };
  if (seconds === undefined)
    return leave(name, 'it is no time above 0 in whole seconds', 'set spec.timeouts.connect', part);
  return carry(name, 'spec.timeouts.connect', part);
}

/** Whole seconds; a route knows no milliseconds. */
function parseSeconds(text: string | undefined): number | undefined {
  const seconds = text === undefined ? undefined : parseNginxTime(text);
  return seconds === undefined || seconds < 1 || !Number.isInteger(seconds) ? undefined : seconds;
}
