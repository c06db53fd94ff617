import { type Annotations, assume, carry, leave, type Reading, remark } from './reading.ts';
import { formatDuration, parseInteger } from './times.ts';

/** Seconds. internal/ingress/controller/config/config.go `NewDefault`. */
const defaults = { read: 60, connect: 5 };
/** The most that `timeouts.idle` takes: a week. */
const longestIdle = 604_800;
const longestConnect = 75;
const wish = 'sockets want longer: 1h is what a WssRoute has where it says nothing';

/**
 * The idle time of a socket is that of proxy-read-timeout: nginx sets the timer of reading from the backend anew whenever either side
 * sends, and that of writing only while the backend takes nothing (`ngx_http_upstream_process_upgraded` in ngx_http_upstream.c).
 */
export function readCommunityTimeouts(annotations: Annotations): readonly Reading[] {
  const read = annotations.get('proxy-read-timeout');
  const seconds = read === undefined ? undefined : parseSeconds(read);
  const idle = Math.min(seconds ?? defaults.read, longestIdle);
  return [
    readIdle(read, seconds, idle),
    ...readSend(annotations.get('proxy-send-timeout'), seconds, idle),
    ...readConnect(annotations.get('proxy-connect-timeout')),
  ];
}

function readIdle(text: string | undefined, seconds: number | undefined, idle: number): Reading {
  const name = 'proxy-read-timeout';
  const part = { timeouts: { idle: formatDuration(idle) } };
  if (text === undefined)
    return assume(name, part, `it is left out, so silent sockets are cut after 60 s, and are so by the route; ${wish}`);
  if (seconds === undefined) {
    const because = 'ingress-nginx takes whole seconds without a unit, and cuts silent sockets after 60 s instead';
    return leave(name, because, `set spec.timeouts.idle to what was meant; ${wish}`, part);
  }
  if (seconds > longestIdle) {
    const because = `a route takes at most ${formatDuration(longestIdle)}, which is written`;
    return leave(name, because, 'nothing: let one side ping', part);
  }
  return carry(name, 'spec.timeouts.idle', part);
}

function readSend(text: string | undefined, read: number | undefined, idle: number): readonly Reading[] {
  const name = 'proxy-send-timeout';
  const seconds = text === undefined ? defaults.read : (parseSeconds(text) ?? defaults.read);
  const isCut = read !== undefined && read > idle && seconds === read;
  if (seconds === idle || isCut) return text === undefined ? [] : [carry(name, 'spec.timeouts.idle', {})];
  const why =
    'it is how long a backend may take nothing that is sent to it; proxy-read-timeout alone cuts silent sockets';
  if (text === undefined)
    return [remark(name, `it is left out, which means 60 s, and becomes ${formatDuration(idle)}: ${why}`)];
  return [leave(name, `a route has one time for both, and takes that of proxy-read-timeout: ${why}`, 'nothing')];
}

function readConnect(text: string | undefined): readonly Reading[] {
  if (text === undefined) return [];
  const name = 'proxy-connect-timeout';
  const seconds = parseSeconds(text);
  if (seconds === undefined) {
    return [
      leave(name, 'ingress-nginx takes whole seconds without a unit, and 5 s instead', 'set spec.timeouts.connect'),
    ];
  }
  // nginx: "this timeout cannot usually exceed 75 seconds" (https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_connect_timeout).
  return [
    carry(name, 'spec.timeouts.connect', { timeouts: { connect: formatDuration(Math.min(seconds, longestConnect)) } }),
  ];
}

function parseSeconds(text: string): number | undefined {
  const seconds = parseInteger(text);
  return seconds === undefined || seconds < 1 ? undefined : seconds;
}
