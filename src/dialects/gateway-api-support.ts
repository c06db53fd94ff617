import type { RoutePlan } from '../route/plan.ts';
import { type Dialect, native, type Support, type Target } from './dialect.ts';
import {
  covers,
  findPlainSeats,
  findSecurePort,
  findSecureSeats,
  nameBase,
  parentOf,
  takeSeats,
} from './gateway-api-listeners.ts';
import { roundForNginx } from './gateway-api-spans.ts';
import { canRedirect, findVendor, hasFeature, type Vendor } from './gateway-api-vendors.ts';

/** What the Gateway API, and the policies of the implementation, can express of each feature. */
export const gatewaySupport: Dialect['support'] = {
  idleTimeout: judgeIdleTimeout,
  connectTimeout: judgeConnectTimeout,
  redirect: judgeRedirect,
  cookieAffinity: (plan, target) => judgeAffinity(plan, target, 'a cookie'),
  sourceAffinity: (plan, target) => judgeAffinity(plan, target, 'the address of the client'),
  leastConnections: judgeLeastConnections,
  connectionsPerClient: () =>
    lose(
      'no Gateway counts the connections of a client for one route',
      'let the backend count them, or serve the route by ingress-nginx (spec.ingressClassName)',
    ),
  handshakesPerSecond: (_, target) =>
    lose(
      `the Gateway API has no rate limit${ofVendor(target)}`,
      'let the backend limit them, or limit the whole Gateway',
    ),
  handshakeBurst: (_, target) =>
    lose(`the Gateway API has no rate limit${ofVendor(target)}`, 'remove spec.limits, or limit the whole Gateway'),
  allowedSources: judgeAllowedSources,
  allowedOrigins: native,
  tlsProfile: (_, target) =>
    lose(
      'the ciphers of a Gateway are those of its listeners, for all of their routes',
      isEnvoyGateway(target)
        ? 'write a ClientTrafficPolicy with tls.minVersion and tls.ciphers for the Gateway, and remove spec.tls.profile'
        : "set them in the listener's tls.options or in the implementation's own settings, and remove spec.tls.profile",
    ),
  backendTLS: judgeBackendTls,
  hsts: judgeHsts,
};

function judgeIdleTimeout({ features: { idleTimeout } }: RoutePlan, target: Target): Support {
  const { name, policies, idleCure } = vendorOf(target);
  if (policies === 'envoy-gateway') return native;
  if (policies === 'nginx-gateway-fabric') return judgeSpan(idleTimeout, 'spec.timeouts.idle');
  return lose(
    `the Gateway API has no idle time-out, and no policy for ${name} is written`,
    `${idleCure ?? 'set it in the settings of the implementation'}; or let client or backend send a ping more often than its own idle time-out`,
  );
}

function judgeConnectTimeout({ features: { connectTimeout } }: RoutePlan, target: Target): Support {
  const { name, policies } = vendorOf(target);
  if (policies === 'envoy-gateway') return native;
  if (policies === 'nginx-gateway-fabric') return judgeSpan(connectTimeout, 'spec.timeouts.connect');
  return lose(
    `the Gateway API has no time-out for connecting, and no policy for ${name} is written`,
    "its own default holds; set it in the implementation's settings",
  );
}

function judgeSpan(seconds: number, field: string): Support {
  const rounded = roundForNginx(seconds);
  if (rounded.seconds === seconds) return native;
  return {
    level: 'approximate',
    because: `NGINX Gateway Fabric takes four digits and one unit; ${rounded.text} is used instead of ${seconds}s`,
    cure: `set ${field} to ${rounded.text}`,
  };
}

function judgeRedirect(plan: RoutePlan, { parent }: Target): Support {
  if (!plan.features.redirect || parent === undefined) return native;
  if (hasFeature(parent, 'HTTPRouteSchemeRedirect') === false) {
    return lose(
      `${findVendor(parent).name} does not tell the feature HTTPRouteSchemeRedirect`,
      'redirect before the Gateway, or set spec.redirect to false',
    );
  }
  const seats = findPlainSeats(plan, parent);
  const secure = findSecureSeats(plan, parent);
  const hosts = plan.hosts.map(({ host }) => host);
  const isLed = (host: string) => canRedirect(parent, findSecurePort(secure, host));
  const level = hosts.some((host) => isLed(host) && takeSeats(seats, [host]).length > 0)
    ? 'approximate'
    : 'unsupported';
  const astray = hosts.find((host) => !isLed(host));
  if (astray !== undefined) {
    return {
      level,
      because: `${findVendor(parent).name} does not tell the feature HTTPRoutePortRedirect, and HTTPS${astray === '' ? '' : ` for ${astray}`} is at port ${findSecurePort(secure, astray)}`,
      cure: 'let an HTTPS listener at port 443 take the route, or set spec.redirect to false',
    };
  }
  const bare = hosts.find((host) => !seats.some((seat) => covers(seat.hostname, host)));
  if (bare === undefined) return native;
  const { kind, namespace, name } = parentOf(plan);
  const line = `{name: ws, protocol: HTTP, port: 80, ${bare === '' ? '' : `hostname: "${bare}", `}allowedRoutes: {namespaces: {from: All}}}`;
  return {
    level,
    because: `${kind} ${namespace}/${name} has no HTTP listener for ${bare === '' ? 'any host' : bare} that takes the route`,
    cure: `add to its spec.listeners ${line}, or set spec.redirect to false`,
  };
}

function judgeAffinity({ features }: RoutePlan, target: Target, by: string): Support {
  if (isEnvoyGateway(target)) {
    return {
      level: 'approximate',
      because: `Envoy Gateway chooses the Pod by a hash of ${by}; where Pods come or go, some clients change theirs`,
      cure: 'let the backend share what it knows of a client, or leave it at that: spec.affinity is used',
    };
  }
  const { name } = vendorOf(target);
  const kept =
    features.cookieAffinity === undefined
      ? 'no affinity by address'
      : 'sessionPersistence in its experimental channel only';
  return lose(
    `the Gateway API has ${kept}, and no policy for ${name} is written`,
    `write ${name === 'NGINX Gateway Fabric' ? 'an UpstreamSettingsPolicy for the Service' : "the implementation's own policy"}, or remove spec.affinity`,
  );
}

function judgeLeastConnections({ features }: RoutePlan, target: Target): Support {
  const { name, policies } = vendorOf(target);
  const hasAffinity = features.cookieAffinity !== undefined || features.sourceAffinity !== undefined;
  if (policies === 'envoy-gateway' && !hasAffinity) return native;
  if (policies === 'envoy-gateway') {
    return lose(
      'Envoy Gateway lets affinity alone decide which Pod a client gets',
      'remove loadBalancing, or set affinity.type to None',
    );
  }
  const policy = policies === 'nginx-gateway-fabric' ? 'an UpstreamSettingsPolicy for the Service' : 'its own policy';
  return lose(
    `the Gateway API has no way to say how connections are spread, and no policy for ${name} is written`,
    `write ${policy}, or set loadBalancing to RoundRobin`,
  );
}

function judgeAllowedSources(plan: RoutePlan, target: Target): Support {
  const because = 'the Gateway API has no list of client networks; everybody may connect';
  if (!isEnvoyGateway(target)) {
    return lose(
      because,
      'keep others out by a NetworkPolicy or the load balancer of the Gateway, or by a Gateway of its own',
    );
  }
  const cidrs = (plan.features.allowedSources ?? []).map((cidr) => `"${cidr}"`).join(', ');
  return lose(
    because,
    `apply a SecurityPolicy of Envoy Gateway for HTTPRoute ${nameBase(plan)} with ` +
      `authorization: {defaultAction: Deny, rules: [{action: Allow, principal: {clientCIDRs: [${cidrs}]}}]}`,
  );
}

function judgeBackendTls({ hosts }: RoutePlan, { parent }: Target): Support {
  if (parent !== undefined && hasFeature(parent, 'BackendTLSPolicy') === false) {
    return lose(
      `${findVendor(parent).name} does not tell the feature BackendTLSPolicy`,
      'let the Service speak ws://, and remove backendTLS',
    );
  }
  const isSecret = hosts.some(({ paths }) => paths.some(({ backendTLS }) => backendTLS?.caRef?.kind === 'Secret'));
  if (!isSecret) return native;
  return {
    level: 'approximate',
    because: 'a BackendTLSPolicy takes the authority from a ConfigMap; of a Secret each implementation decides',
    cure: 'put ca.crt into a ConfigMap, and set backendTLS.caRef.kind to ConfigMap',
  };
}

/** An extended filter: where it is not known, a route with it is refused whole. */
function judgeHsts(_: RoutePlan, { parent }: Target): Support {
  if (parent === undefined || hasFeature(parent, 'HTTPRouteResponseHeaderModification') === true) return native;
  return lose(
    `${findVendor(parent).name} does not tell the feature HTTPRouteResponseHeaderModification`,
    'let the pages of the host send Strict-Transport-Security: browsers learn it from them as well',
  );
}

function lose(because: string, cure: string): Support {
  return { level: 'unsupported', because, cure };
}

function ofVendor(target: Target): string {
  return isEnvoyGateway(target) ? ', and that of Envoy Gateway counts all clients together' : '';
}

function isEnvoyGateway(target: Target): boolean {
  return vendorOf(target).policies === 'envoy-gateway';
}

function vendorOf({ parent }: Target): Vendor {
  return parent === undefined ? { name: 'the implementation', controllerName: '' } : findVendor(parent);
}
