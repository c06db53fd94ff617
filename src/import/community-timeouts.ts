import { readIdleTimeout } from './idle-timeout.ts';
import { type Annotations, carry, leave, type Reading } from './reading.ts';
import { formatDuration, parseInteger } from './times.ts';

const longestConnect = 75;
const units = 'ingress-nginx takes whole seconds without a unit';

/** `timeouts` from the annotations of ingress-nginx. */
export function readCommunityTimeouts(annotations: Annotations): readonly Reading[] {
  const form = { parse: parseSeconds, otherwise: `${units}, and cuts silent sockets after 60 s instead` };
  return [...readIdleTimeout(annotations, form), ...readConnect(annotations.get('proxy-connect-timeout'))];
}

function readConnect(text: string | undefined): readonly Reading[] {
  if (text === undefined) return [];
  const name = 'proxy-connect-timeout';
  const seconds = parseSeconds(text);
  if (seconds === undefined) return [leave(name, `${units}, and 5 s instead`, 'set spec.timeouts.connect')];
  // nginx: "this timeout cannot usually exceed 75 seconds" (https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_connect_timeout).
  return [
    carry(name, 'spec.timeouts.connect', { timeouts: { connect: formatDuration(Math.min(seconds, longestConnect)) } }),
  ];
}

function parseSeconds(text: string): number | undefined {
  const seconds = parseInteger(text);
  return seconds === undefined || seconds < 1 ? undefined : seconds;
}
