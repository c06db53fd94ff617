import { tlsProfiles } from '../../src/route/tls-profile.ts';

/**
 * Every annotation that a dialect writes, and the form of its value: what the admission policy lets through. A test holds this against
 * what the dialects emit. No value is empty, and nothing here lets through a line break, `;`, `{` or `}`, except where F5 NGINX has them
 * between its entries and around the name of its one variable.
 */
const number = '^[0-9]{1,10}$';
const ranges = '^[0-9a-fA-F.:/,]+$';
const truth = '^(true|false)$';
const dnsName = '[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?';

const seconds = '^[1-9][0-9]{0,9}s$';
const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const services = `^${label}(,${label})*$`;
const sticky = `serviceName=${label} [A-Za-z0-9_-]{1,64}( expires=[0-9]{1,10}s)? path=/ httponly secure samesite=none`;

export const annotationForms = {
  'ingress.kubernetes.io/ssl-redirect': truth,
  'nginx.ingress.kubernetes.io/affinity': '^cookie$',
  'nginx.ingress.kubernetes.io/affinity-mode': '^persistent$',
  'nginx.ingress.kubernetes.io/allowlist-source-range': ranges,
  'nginx.ingress.kubernetes.io/backend-protocol': '^HTTPS$',
  'nginx.ingress.kubernetes.io/force-ssl-redirect': truth,
  'nginx.ingress.kubernetes.io/limit-burst-multiplier': number,
  'nginx.ingress.kubernetes.io/limit-connections': number,
  'nginx.ingress.kubernetes.io/limit-rps': number,
  'nginx.ingress.kubernetes.io/load-balance': '^ewma$',
  'nginx.ingress.kubernetes.io/proxy-connect-timeout': number,
  'nginx.ingress.kubernetes.io/proxy-read-timeout': number,
  'nginx.ingress.kubernetes.io/proxy-send-timeout': number,
  'nginx.ingress.kubernetes.io/proxy-ssl-name': `^${dnsName}$`,
  'nginx.ingress.kubernetes.io/proxy-ssl-protocols': '^TLSv1[.]2 TLSv1[.]3$',
  'nginx.ingress.kubernetes.io/proxy-ssl-secret': `^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/${dnsName}$`,
  'nginx.ingress.kubernetes.io/proxy-ssl-server-name': '^on$',
  'nginx.ingress.kubernetes.io/proxy-ssl-verify': '^on$',
  'nginx.ingress.kubernetes.io/session-cookie-max-age': number,
  'nginx.ingress.kubernetes.io/session-cookie-name': '^[A-Za-z0-9_-]{1,64}$',
  'nginx.ingress.kubernetes.io/session-cookie-path': '^/$',
  'nginx.ingress.kubernetes.io/session-cookie-samesite': '^None$',
  'nginx.ingress.kubernetes.io/session-cookie-secure': truth,
  'nginx.ingress.kubernetes.io/ssl-ciphers': `^${tlsProfiles.Intermediate.ciphers.join(':')}$`,
  'nginx.ingress.kubernetes.io/ssl-prefer-server-ciphers': '^false$',
  'nginx.ingress.kubernetes.io/ssl-redirect': truth,
  'nginx.ingress.kubernetes.io/upstream-hash-by': '^\\$remote_addr$',
  'nginx.ingress.kubernetes.io/whitelist-source-range': ranges,
  'nginx.org/hsts': truth,
  'nginx.org/hsts-include-subdomains': truth,
  'nginx.org/hsts-max-age': number,
  'nginx.org/lb-method': '^(round_robin|least_conn|hash \\$remote_addr consistent)$',
  'nginx.org/limit-req-burst': number,
  'nginx.org/limit-req-key': '^\\$[{]binary_remote_addr[}]$',
  'nginx.org/limit-req-no-delay': truth,
  'nginx.org/limit-req-rate': '^[1-9][0-9]{0,9}r/s$',
  'nginx.org/limit-req-zone-size': '^10m$',
  'nginx.org/mergeable-ingress-type': '^(master|minion)$',
  'nginx.org/proxy-connect-timeout': seconds,
  'nginx.org/proxy-read-timeout': seconds,
  'nginx.org/proxy-send-timeout': seconds,
  'nginx.org/ssl-ciphers': '^[A-Z0-9:-]{1,999}$',
  'nginx.org/ssl-redirect': truth,
  'nginx.org/ssl-services': services,
  'nginx.org/sticky-cookie-services': `^${sticky}(;${sticky})*$`,
  'nginx.org/websocket-services': services,
} as const satisfies Readonly<Record<string, string>>;

/** A CEL map from names of annotations to their forms, as a template that the admission policy includes. */
export function renderAnnotationForms(notice: string): string {
  const entries = Object.entries(annotationForms).map(([name, form]) => `  ${quote(name)}: ${quote(form)}`);
  return `{{- /* ${notice} */}}
{{- define "wss-operator.annotationForms" -}}
{
${entries.join(',\n')}
}
{{- end }}
`;
}

/** A raw string of CEL: nothing in it is an escape. */
function quote(text: string): string {
  if (text.includes("'")) throw new Error(`${text} holds a quote`);
  return `r'${text}'`;
}
