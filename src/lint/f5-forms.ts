import { bool, count, integer, matching, oneOf } from './value-forms.ts';
import type { ValueForm } from './violation.ts';

/** Forms of values of F5's controller: internal/k8s/validation.go and internal/configs/parsing_helpers.go. */

const time = /^(?:\d+y)? ?(?:\d+M)? ?(?:\d+w)? ?(?:\d+d)? ?(?:\d+h)? ?(?:\d+m)? ?(?:\d+s?)? ?(?:\d+ms)?$/;
const nginxTime = 'a time of nginx with a unit, such as "3600s" or "1h30m"';
const plainMethods = ['round_robin', 'least_conn', 'ip_hash', 'random', 'random two', 'random two least_conn'];
const nextUpstream =
  'error|timeout|invalid_header|http_500|http_502|http_503|http_504|http_403|http_404|http_429|non_idempotent|off';

export const forms = {
  bool,
  integer,
  count,
  time: { accepts: isTime, words: nginxTime },
  offset: matching(/^\s*\d+[kKmMgG]?\s*$/, 'a size such as "10m" or "1g"'),
  size: matching(/^\s*\d+[kKmM]?\s*$/, 'a size such as "8k" or "10m"'),
  buffers: matching(/^\s*\d+ \d+[kKmM]?\s*$/, 'a number of buffers, a blank and their size, such as "8 4k"'),
  rate: matching(/^\s*0*[1-9]\d*r\/[sm]\s*$/, 'requests per second or minute, more than 0, such as "10r/s"'),
  limitKey: matching(/^\S+$/, 'what to count by, such as "$binary_remote_addr"'),
  rejectCode: { accepts: isRejectCode, words: 'an HTTP code from 400 to 599, such as "429"' },
  logLevel: oneOf(['info', 'notice', 'warn', 'error']),
  redirectCode: oneOf(['301', '302', '307', '308']),
  mergeableType: oneOf(['master', 'minion']),
  lbMethod: { accepts: isMethod, words: `${oneOf(plainMethods).words} or "hash KEY [consistent]"` },
  pathRegex: oneOf(['case_sensitive', 'case_insensitive', 'exact']),
  headerNames: { accepts: areHeaderNames, words: 'names of headers with commas, such as "X-Internal,X-Debug"' },
  setHeaders: { accepts: areHeaders, words: 'headers with commas, each a name or "Name: value", without $' },
  ports: { accepts: arePorts, words: 'ports from 1 to 65535 with commas and without blanks, such as "8080,8081"' },
  secretName: matching(
    /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
    'the name of a Secret',
  ),
  text: matching(/^(?:[^"$\\]|\\[^$])*$/, "text with every '\"' escaped, without $ and without \\ at its end"),
  ciphers: matching(/^[A-Za-z0-9!:+\-_@=.]+$/, 'ciphers as OpenSSL writes them, with colons'),
  policies: matching(
    /^\s*(?:[a-z0-9][-a-z0-9]*\/)?[a-z0-9][-a-z0-9.]*\s*(?:,\s*(?:[a-z0-9][-a-z0-9]*\/)?[a-z0-9][-a-z0-9.]*\s*)*$/,
    'names of Policies with commas, such as "team/allow-office"',
  ),
  errorCodes: matching(/^\s*[345]\d{2}\s*(?:,\s*[345]\d{2}\s*)*$/, 'HTTP codes with commas, such as "502,503"'),
  nextUpstream: matching(
    new RegExp(`^(?:${nextUpstream})(?: (?:${nextUpstream}))*$`),
    'cases of proxy_next_upstream, one blank between them, such as "error timeout"',
  ),
  appRoot: { accepts: isAppRoot, words: 'a path such as "/app", neither "/" nor with / at its end' },
  rewriteTarget: {
    accepts: isRewriteTarget,
    words: 'a path that begins with one /, without any of ; { } [ ] | < > , ^ ` ~, blanks and ../',
  },
  anything: matching(/^[^"\s;{}]+$/, 'one word without any of " ; { }'),
} as const satisfies Readonly<Record<string, ValueForm>>;

export type FormName = keyof typeof forms;

/** Whether it is a time that lasts no time at all. As a time-out, 0 is taken and then every request is answered by 504. */
export function isZeroTime(value: string): boolean {
  return isTime(value) && !/[1-9]/.test(value);
}

/** Seconds of a time of nginx; undefined for what is none. Months have 30 days, years 365 (https://nginx.org/en/docs/syntax.html). */
export function readSeconds(value: string): number | undefined {
  if (!isTime(value)) return undefined;
  const units = { y: 31_536_000, M: 2_592_000, w: 604_800, d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 } as const;
  let seconds = 0;
  for (const [, digits = '', unit] of value.matchAll(/(\d+)(ms|[yMwdhms])?/g)) {
    seconds += Number(digits) * units[(unit ?? 's') as keyof typeof units];
  }
  return seconds;
}

function isTime(value: string): boolean {
  // Blanks are made one first: a pattern with `\s*` eight times would take for ever on many of them.
  return value.trim() !== '' && time.test(value.trimStart().replaceAll(/\s+/g, ' '));
}

function isRejectCode(value: string): boolean {
  return /^[45]\d{2}$/.test(value);
}

function isMethod(value: string): boolean {
  const method = value.trim();
  if (!method.startsWith('hash')) return plainMethods.includes(method);
  const [word, key = '', last, ...rest] = method.split(' ');
  return (
    word === 'hash' && /^[^\s;{}"']+$/.test(key) && (last === undefined || last === 'consistent') && rest.length === 0
  );
}

function isHeaderName(name: string): boolean {
  return /^[-A-Za-z0-9]+$/.test(name);
}

function areHeaderNames(value: string): boolean {
  return value.split(',').every((name) => isHeaderName(name.trim()));
}

function areHeaders(value: string): boolean {
  return value.split(',').every((header) => {
    const [name = '', ...rest] = header.split(':');
    return isHeaderName(name.trim()) && !rest.join(':').includes('$');
  });
}

function arePorts(value: string): boolean {
  return value.split(',').every((port) => /^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) <= 65_535);
}

function isAppRoot(value: string): boolean {
  return /^\/(?!\/)[A-Za-z0-9\-_.!*'():@&=+,/?%]*[^/]$/.test(value) && !value.includes('../') && !value.includes('~');
}

function isRewriteTarget(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is refused
  return /^\/(?!\/)[^;{}[\]|<>,^`~\u0000-\u0020\u007f]*$/.test(value) && !/\.\.[/\\]/.test(value);
}
