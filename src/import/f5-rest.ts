import type { Rest } from './rest.ts';

const beside =
  'keep an Ingress for it, with nginx.org/mergeable-ingress-type: minion, beside the route on the same host';

const needless: Rest['needless'] = {
  'mergeable-ingress-type': { because: 'the operator writes a master and a minion itself' },
  'use-cluster-ip': { values: ['false'], because: "it is the controller's default" },
  'proxy-buffering': { values: ['true'], because: "it is the controller's default, and a socket is never buffered" },
  'proxy-http-version': { values: ['1.1'], because: 'for a WebSocket the controller speaks 1.1' },
  'server-tokens': { values: ['true'], because: "it is the controller's default" },
};

const lost: Rest['lost'] = [
  {
    pattern: /^(client-max-body-size|client-body-buffer-size)$/,
    because: 'a WebSocket has no body, but uploads by plain HTTP on the same path lose it',
    cure: `set it in the ConfigMap of the controller, or ${beside}`,
  },
  {
    pattern: /^proxy-(buffering|buffers|buffer-size|busy-buffers-size|max-temp-file-size)$/,
    because: 'a socket is never buffered, but answers by plain HTTP on the same path lose it',
    cure: `set it in the ConfigMap of the controller, or ${beside}`,
  },
  {
    pattern: /^(keepalive|max-fails|fail-timeout|max-conns|upstream-zone-size|slow-start)$/,
    because: 'no field of a route says how the controller treats each Pod',
    cure: 'set it in the ConfigMap of the controller, which has a key for most',
  },
  {
    pattern: /^(listen-ports|listen-ports-ssl)$/,
    because: 'a route is served on 80 and 443, as the controller listens',
    cure: 'open these ports at the load balancer, and let it lead to 443',
  },
  {
    pattern: /^(proxy-hide-headers|proxy-pass-headers|proxy-set-headers|add-header|server-tokens|proxy-redirect-.*)$/,
    because: 'a route changes no header but those of the upgrade',
    cure: 'let the backend do without it, or set it in the ConfigMap of the controller',
  },
  {
    pattern: /^(rewrites|rewrite-target|path-regex)$/,
    because: 'a route hands paths on as they are',
    cure: 'let the backend serve the paths that clients ask for',
  },
  {
    pattern: /^grpc-services$/,
    because: 'the paths of these Services are left over',
    cure: 'see there',
  },
  { pattern: /^(app-root|custom-http-errors)$/, because: 'it is about pages', cure: beside },
  {
    pattern: /^use-cluster-ip$/,
    because: 'a route leads to the Pods of the Service, so that affinity and balancing work',
    cure: 'nothing, unless a service mesh needs the address of the Service',
  },
  {
    pattern: /^basic-auth-realm$/,
    because: 'without basic-auth-secret it keeps nobody out',
    cure: 'nothing',
  },
];

/** What becomes of an annotation of F5's controller that no field of a route is read from. */
export const f5Rest: Rest = {
  needless,
  lost,
  whyNoSnippet: 'the controller does all of it for a WebSocket by itself',
};
