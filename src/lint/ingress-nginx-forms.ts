import { isNetworkList } from './network-list.ts';
import { bool, integer, matching, oneOf } from './value-forms.ts';
import type { ValueForm } from './violation.ts';

/** Forms of values of ingress-nginx: internal/ingress/annotations/parser/validators.go, and the package of each annotation. */

const chars = '\\-._~a-zA-Z0-9/:';
const urlChars = ':?&=';
const serverName = /^[-._~a-zA-Z0-9/:^$[\](){}*+?|&=\\]*$/;
const trimmed = (value: string) => value.trim();
const lowered = (value: string) => value.trim().toLowerCase();

/** Most validators leave out blanks before they look (`ValidateRegex`), and since 1.13 none lets a line break through. */
function loosely(pattern: RegExp, words: string): ValueForm {
  return { accepts: (value) => !/[\r\n]/.test(value) && pattern.test(value.replaceAll(' ', '')), words };
}

function strictly(pattern: RegExp, words: string): ValueForm {
  return { accepts: (value) => !/[\r\n]/.test(value) && pattern.test(value), words };
}

export const forms = {
  bool,
  integer,
  seconds: { accepts: integer.accepts, words: 'a whole number of seconds without a unit, such as "3600"' },
  onOff: oneOf(['on', 'off'], trimmed),
  size: loosely(/^\d+[bkmg]?$/i, 'a size such as "8k" or "10m"'),
  basic: loosely(new RegExp(`^[${chars}]*$`), 'letters, digits and any of - . _ ~ / :'),
  spaced: strictly(new RegExp(`^[${chars} ]*$`), 'letters, digits, blanks and any of - . _ ~ / :'),
  extended: strictly(new RegExp(`^[${chars}, ]*$`), 'letters, digits, blanks and any of - . _ ~ / : ,'),
  url: loosely(new RegExp(`^[${chars}${urlChars}]*$`), 'a URL of letters, digits and any of - . _ ~ / : ? & ='),
  target: strictly(
    new RegExp(`^[${chars}${urlChars}]*$`),
    'a URL without blanks, of letters, digits and any of - . _ ~ / : ? & =',
  ),
  urlWithVariables: loosely(
    new RegExp(`^[${chars}, ${urlChars}$]*$`),
    'a URL of letters, digits, nginx variables and any of - . _ ~ / : ? & = ,',
  ),
  variable: loosely(/^[A-Za-z0-9\-_${}]*$/, 'nginx variables, letters, digits, - and _, such as "$remote_addr"'),
  headers: loosely(/^[A-Za-z0-9\-_, ]*$/, 'names of headers with commas'),
  capture: strictly(
    new RegExp(`^/?[${chars}$]*$`),
    'a path of letters, digits, captures such as $1 and any of - . _ ~ / :',
  ),
  prefix: loosely(new RegExp(`^/?[${chars}$]*$`), 'a path of letters, digits and any of - . _ ~ / :'),
  pattern: strictly(serverName, 'a regular expression'),
  serverName: { accepts: isServerName, words: 'a server name, which may be a regular expression' },
  serverNames: {
    accepts: (value) => value.split(',').every(isServerName),
    words: 'server names with commas, which may be regular expressions',
  },
  networks: {
    accepts: isNetworkList,
    words: 'networks or addresses with commas, such as "192.0.2.0/24,2001:db8::/32"',
  },
  upstreamErrors: strictly(
    /^(?:(?:error|timeout|invalid_header|http_500|http_502|http_503|http_504|http_403|http_404|http_429|non_idempotent|off)\s?)+$/,
    'cases of proxy_next_upstream with blanks, such as "error timeout"',
  ),
  tlsVersions: loosely(/^(?:TLSv1\.2|TLSv1\.3)*$/, '"TLSv1.2", "TLSv1.3" or both with a blank'),
  ciphers: loosely(/^[A-Za-z0-9+:_\-!]*$/, 'ciphers as OpenSSL writes them, with colons'),
  serverCiphers: loosely(
    /^(?:[A-Za-z0-9!:+-]|@STRENGTH|@SECLEVEL=[0-5])*$/,
    'ciphers as OpenSSL writes them, with colons',
  ),
  expires: loosely(/(?:^0|-?[1-9]\d*$)/, 'a number of seconds without a unit, such as "3600"'),
  age: strictly(/(?:^0|-?[1-9]\d*$)/, 'a number of seconds without a unit, such as "3600"'),
  errors: loosely(/^(?:[45]\d{2},?)*$/, 'HTTP codes from 400 to 599 with commas'),
  origins: loosely(
    /^(?:\*|(?:(?:https?:\/\/)?(?:\*\.)?[A-Za-z0-9\-.]*(?::\d+)?(?:,|$))*)$/,
    '"*", or origins with commas such as "https://app.example.com"',
  ),
  methods: loosely(/^[A-Za-z]+(?:,[A-Za-z]+)*,?$/, 'HTTP methods with commas'),
  exposed: loosely(/^[A-Za-z0-9\-_*]+(?:,[A-Za-z0-9\-_*]+)*,?$/, 'names of headers with commas'),
  errorPage: loosely(/^(?:(?:https?:\/\/)?[A-Za-z0-9\-.]*(?::\d+)?\/[A-Za-z0-9\-.]*)?$/, 'the URL of a page'),
  commonName: { accepts: isCommonName, words: '"CN=" and a regular expression' },
  method: loosely(/^(?:GET|HEAD|POST|PUT|PATCH|DELETE|CONNECT|OPTIONS|TRACE)$/, 'an HTTP method, such as "GET"'),
  connection: loosely(/^(?:close|keep-alive)$/, '"close" or "keep-alive"'),
  clientCertificate: loosely(/^(?:on|off|optional|optional_no_ca)$/, '"on", "off", "optional" or "optional_no_ca"'),
  service: matching(/^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/, 'the name of a Service'),
  fastCgi: loosely(/^[A-Za-z0-9.\-_]+$/, 'letters, digits and any of . - _'),
  word: loosely(/^[A-Za-z0-9_-]*$/, 'letters, digits, _ and -'),
  anything: { accepts: () => true, words: 'anything' },
  protocol: oneOf(['auto_http', 'http', 'https', 'grpc', 'grpcs', 'fcgi'], lowered),
  httpVersion: oneOf(['1.0', '1.1'], trimmed),
  sameSite: oneOf(['none', 'lax', 'strict'], lowered),
  cookie: oneOf(['cookie'], trimmed),
  affinityMode: oneOf(['balanced', 'persistent'], trimmed),
  canaryBehavior: oneOf(['sticky', 'legacy'], trimmed),
  balancing: oneOf(['round_robin', 'chash', 'chashsubset', 'sticky_balanced', 'sticky_persistent', 'ewma'], trimmed),
  anyAll: oneOf(['any', 'all'], trimmed),
  authType: loosely(/^(?:basic|digest)$/, '"basic" or "digest"'),
  secretType: loosely(/^(?:auth-file|auth-map)$/, '"auth-file" or "auth-map"'),
} as const satisfies Readonly<Record<string, ValueForm>>;

export type FormName = keyof typeof forms;

function isServerName(value: string): boolean {
  return serverName.test(value.trim());
}

/** JavaScript's grammar stands in for that of Go's RE2, which differs in look-arounds and back references only. */
function isCommonName(value: string): boolean {
  if (!value.startsWith('CN=')) return false;
  try {
    return new RegExp(value.slice(3)) instanceof RegExp;
  } catch {
    return false;
  }
}
