/**
 * Every annotation that a dialect writes, and the form of its value: what the admission policy lets through. A test holds this against
 * what the dialects emit. No value is empty, and nothing here lets through a line break, `;`, `{` or `}`.
 */
const number = '^[0-9]{1,10}$';
const ranges = '^[0-9a-fA-F.:/,]+$';
const truth = '^(true|false)$';
const dnsName = '[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?';

export const annotationForms = {
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
  'nginx.ingress.kubernetes.io/ssl-ciphers': '^[A-Z0-9:-]{1,1024}$',
  'nginx.ingress.kubernetes.io/ssl-prefer-server-ciphers': '^false$',
  'nginx.ingress.kubernetes.io/ssl-redirect': truth,
  'nginx.ingress.kubernetes.io/upstream-hash-by': '^\\$remote_addr$',
  'nginx.ingress.kubernetes.io/whitelist-source-range': ranges,
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
