{{- /* Generated from deploy/generate/annotations.ts by `npm run generate`. Do not edit. */}}
{{- define "wss-operator.annotationForms" -}}
{
  r'nginx.ingress.kubernetes.io/affinity': r'^cookie$',
  r'nginx.ingress.kubernetes.io/affinity-mode': r'^persistent$',
  r'nginx.ingress.kubernetes.io/allowlist-source-range': r'^[0-9a-fA-F.:/,]+$',
  r'nginx.ingress.kubernetes.io/backend-protocol': r'^HTTPS$',
  r'nginx.ingress.kubernetes.io/force-ssl-redirect': r'^(true|false)$',
  r'nginx.ingress.kubernetes.io/limit-burst-multiplier': r'^[0-9]{1,10}$',
  r'nginx.ingress.kubernetes.io/limit-connections': r'^[0-9]{1,10}$',
  r'nginx.ingress.kubernetes.io/limit-rps': r'^[0-9]{1,10}$',
  r'nginx.ingress.kubernetes.io/load-balance': r'^ewma$',
  r'nginx.ingress.kubernetes.io/proxy-connect-timeout': r'^[0-9]{1,10}$',
  r'nginx.ingress.kubernetes.io/proxy-read-timeout': r'^[0-9]{1,10}$',
  r'nginx.ingress.kubernetes.io/proxy-send-timeout': r'^[0-9]{1,10}$',
  r'nginx.ingress.kubernetes.io/proxy-ssl-name': r'^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$',
  r'nginx.ingress.kubernetes.io/proxy-ssl-protocols': r'^TLSv1[.]2 TLSv1[.]3$',
  r'nginx.ingress.kubernetes.io/proxy-ssl-secret': r'^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$',
  r'nginx.ingress.kubernetes.io/proxy-ssl-server-name': r'^on$',
  r'nginx.ingress.kubernetes.io/proxy-ssl-verify': r'^on$',
  r'nginx.ingress.kubernetes.io/session-cookie-max-age': r'^[0-9]{1,10}$',
  r'nginx.ingress.kubernetes.io/session-cookie-name': r'^[A-Za-z0-9_-]{1,64}$',
  r'nginx.ingress.kubernetes.io/session-cookie-path': r'^/$',
  r'nginx.ingress.kubernetes.io/session-cookie-samesite': r'^None$',
  r'nginx.ingress.kubernetes.io/session-cookie-secure': r'^(true|false)$',
  r'nginx.ingress.kubernetes.io/ssl-ciphers': r'^[A-Z0-9:-]{1,1024}$',
  r'nginx.ingress.kubernetes.io/ssl-prefer-server-ciphers': r'^false$',
  r'nginx.ingress.kubernetes.io/ssl-redirect': r'^(true|false)$',
  r'nginx.ingress.kubernetes.io/upstream-hash-by': r'^\$remote_addr$',
  r'nginx.ingress.kubernetes.io/whitelist-source-range': r'^[0-9a-fA-F.:/,]+$'
}
{{- end }}
