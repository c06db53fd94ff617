import { type Annotations, assume, carry, leave, type Reading, remark } from './reading.ts';
import { formatDuration } from './times.ts';

/** Seconds that either controller waits where nothing is said: ingress-nginx's `NewDefault` (config.go), F5's ConfigMap keys (docs.nginx.com). */
const byDefault = 60;
/** Seconds; the most that `timeouts.idle` takes: a week. */
const longestIdle = 604_800;
const wish = 'sockets want longer: 1h is what a WssRoute has where it says nothing';

/** How a controller reads its times. */
export interface TimeForm {
  /** Whole seconds above 0, or undefined where a route cannot say it. */
  readonly parse: (text: string) => number | undefined;
  /** What the controller makes of a time that is none. */
  readonly otherwise: string;
}

/**
 * `timeouts.idle` from the two annotations that it becomes. The idle time of a socket is that of proxy-read-timeout: nginx sets the timer
 * of reading from the backend anew whenever either side sends, and that of writing only while the backend takes nothing
 * (`ngx_http_upstream_process_upgraded` in ngx_http_upstream.c).
 */
export function readIdleTimeout(annotations: Annotations, form: TimeForm): readonly Reading[] {
  const read = annotations.get('proxy-read-timeout');
  const send = annotations.get('proxy-send-timeout');
  const seconds = read === undefined ? undefined : form.parse(read);
  const idle = Math.min(seconds ?? byDefault, longestIdle);
  const taken = send === undefined ? byDefault : (form.parse(send) ?? byDefault);
  return [readIdle(read, seconds, idle, form), ...readSend(send, taken, { seconds, idle })];
}

function readIdle(
  text: string | undefined,
  seconds: number | undefined,
  idle: number,
  { otherwise }: TimeForm,
): Reading {
  const name = 'proxy-read-timeout';
  const part = { timeouts: { idle: formatDuration(idle) } };
  if (text === undefined) {
    return assume(name, part, `it is left out, so silent sockets are cut after 60 s, and are so by the route; ${wish}`);
  }
  if (seconds === undefined) {
    return leave(name, otherwise, `set spec.timeouts.idle to what was meant; ${wish}`, part);
  }
  if (seconds > longestIdle) {
    const because = `a route takes at most ${formatDuration(longestIdle)}, which is written`;
    return leave(name, because, 'nothing: let one side ping', part);
  }
  return carry(name, 'spec.timeouts.idle', part);
}

function readSend(
  text: string | undefined,
  taken: number,
  { seconds, idle }: { readonly seconds: number | undefined; readonly idle: number },
): readonly Reading[] {
  const name = 'proxy-send-timeout';
  const isCut = seconds !== undefined && seconds > idle && taken === seconds;
  if (taken === idle || isCut) return text === undefined ? [] : [carry(name, 'spec.timeouts.idle', {})];
  const why =
    'it is how long a backend may take nothing that is sent to it; proxy-read-timeout alone cuts silent sockets';
  if (text === undefined) {
    return [remark(name, `it is left out, which means 60 s, and becomes ${formatDuration(idle)}: ${why}`)];
  }
  return [leave(name, `a route has one time for both, and takes that of proxy-read-timeout: ${why}`, 'nothing')];
}
