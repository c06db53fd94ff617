import type { Rest } from './rest.ts';

const plainHttp = 'keep plain HTTP of this host in an Ingress of its own, with other paths';

const needless: Rest['needless'] = {
  'proxy-http-version': { values: ['1.1'], because: 'ingress-nginx speaks 1.1 by default' },
  'proxy-buffering': { values: ['off'], because: "it is ingress-nginx's default, and a socket is never buffered" },
  'proxy-request-buffering': {
    values: ['on'],
    because: "it is ingress-nginx's default, and a socket is never buffered",
  },
  'websocket-services': { because: 'ingress-nginx has no such annotation, and upgrades on every path by itself' },
  'enable-websocket': { because: 'ingress-nginx has no such annotation, and upgrades on every path by itself' },
  'service-upstream': { values: ['false'], because: "it is ingress-nginx's default" },
  'enable-cors': { values: ['false'], because: "it is ingress-nginx's default" },
  'enable-access-log': { values: ['true'], because: "it is ingress-nginx's default" },
  'enable-rewrite-log': { values: ['false'], because: "it is ingress-nginx's default" },
  'enable-modsecurity': { values: ['false'], because: "it is ingress-nginx's default" },
  'enable-owasp-core-rules': { values: ['false'], because: "it is ingress-nginx's default" },
  'ssl-passthrough': { values: ['false'], because: "it is ingress-nginx's default" },
  canary: { values: ['false'], because: "it is ingress-nginx's default" },
  'auth-signin': { values: [''], because: 'it is empty' },
  hsts: { because: 'ingress-nginx has no such annotation: hsts belongs into its ConfigMap' },
  'hsts-max-age': { because: 'ingress-nginx has no such annotation: hsts belongs into its ConfigMap' },
  'hsts-include-subdomains': { because: 'ingress-nginx has no such annotation: hsts belongs into its ConfigMap' },
};

const lost: Rest['lost'] = [
  {
    pattern: /^(proxy-body-size|client-body-buffer-size|proxy-request-buffering)$/,
    because: 'a WebSocket has no body, but uploads by plain HTTP on the same path lose it',
    cure: plainHttp,
  },
  {
    pattern: /^proxy-(buffering|buffers-number|max-temp-file-size)$/,
    because: 'a socket is never buffered, but answers by plain HTTP on the same path lose it',
    cure: plainHttp,
  },
  {
    pattern: /^proxy-buffer-size$/,
    because: 'no field of a route says it; it bounds the header of the answer to the handshake',
    cure: 'set proxy-buffer-size in the ConfigMap of ingress-nginx, if the backend sets large cookies at the handshake',
  },
  {
    pattern: /^proxy-next-upstream/,
    because: 'a route leaves it to the controller which failed handshakes are tried on another Pod',
    cure: 'set proxy-next-upstream in the ConfigMap of ingress-nginx',
  },
  {
    pattern: /^connection-proxy-header$/,
    because: 'it takes the place of "Connection: upgrade", so no WebSocket could open',
    cure: 'nothing: it is better without',
  },
  {
    pattern: /^(enable-cors|cors-)/,
    because: 'browsers do not ask by CORS before they open a WebSocket; answers by plain HTTP on the same path lose it',
    cure: 'set spec.allowedOrigins for the sockets, and let the backend answer CORS for the rest',
  },
  {
    pattern: /^(server-alias|from-to-www-redirect)$/,
    because: 'a route serves the names in spec.hosts only',
    cure: 'add these names to spec.hosts, and to the certificate where it is brought along',
  },
  {
    pattern:
      /^(app-root|custom-http-errors|default-backend|permanent-redirect.*|temporal-redirect.*|relative-redirects)$/,
    because: 'it is about pages',
    cure: plainHttp,
  },
  {
    pattern:
      /^(custom-headers|proxy-hide-headers|x-forwarded-prefix|upstream-vhost|proxy-cookie-.*|proxy-redirect-.*)$/,
    because: 'a route changes no header but those of the upgrade',
    cure: 'let the backend do without it, or keep this Ingress',
  },
  {
    pattern: /^service-upstream$/,
    because: 'a route leads to the Pods of the Service, so that affinity and balancing work',
    cure: 'nothing, unless a service mesh needs the address of the Service: keep this Ingress then',
  },
  {
    pattern:
      /^(enable-access-log|enable-rewrite-log|enable-opentelemetry|enable-opentracing|opentelemetry-.*|opentracing-.*)$/,
    because: 'logs and traces belong to the whole controller',
    cure: 'set it in the ConfigMap of ingress-nginx',
  },
  {
    pattern: /^auth-/,
    because: 'without auth-url, auth-type or auth-tls-secret it keeps nobody out',
    cure: 'nothing',
  },
  {
    pattern: /^canary/,
    because: 'without canary: "true" it has no effect',
    cure: 'nothing',
  },
  {
    pattern: /^mirror-/,
    because: 'a route copies no requests',
    cure: 'keep this Ingress',
  },
];

/** What becomes of an annotation of ingress-nginx that no field of a route is read from. */
export const communityRest: Rest = {
  needless,
  lost,
  whyNoSnippet: 'ingress-nginx does all of it by itself',
};
