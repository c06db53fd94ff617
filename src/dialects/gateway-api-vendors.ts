import type { Parent } from '../route/parent.ts';

/** An implementation of the Gateway API, by what it can do beyond it. */
export interface Vendor {
  readonly name: string;
  /** `spec.controllerName` of its GatewayClasses. */
  readonly controllerName: string;
  /** Whose policies are written; nothing beyond the API is written for others. */
  readonly policies?: 'envoy-gateway' | 'nginx-gateway-fabric';
  /** What it does where its GatewayClass tells no features. */
  readonly features?: ReadonlySet<AskedFeature>;
  /** Where its idle timeout is set by hand, for those without a policy that is written. */
  readonly idleCure?: string;
}

/** The features of the API that something depends on. */
export const askedFeatures = [
  'BackendTLSPolicy',
  'HTTPRouteBackendProtocolWebSocket',
  'HTTPRoutePortRedirect',
  'HTTPRouteRequestTimeout',
  'HTTPRouteResponseHeaderModification',
  'HTTPRouteSchemeRedirect',
  'ListenerSet',
] as const;

export type AskedFeature = (typeof askedFeatures)[number];

const vendors: readonly Vendor[] = [
  {
    name: 'Envoy Gateway',
    controllerName: 'gateway.envoyproxy.io/gatewayclass-controller',
    policies: 'envoy-gateway',
    // It leaves status.supportedFeatures empty on purpose (internal/gatewayapi/status/gatewayclass.go, v1.9.1).
    features: new Set([
      'BackendTLSPolicy',
      'HTTPRouteBackendProtocolWebSocket',
      'HTTPRoutePortRedirect',
      'HTTPRouteRequestTimeout',
      'HTTPRouteResponseHeaderModification',
      'HTTPRouteSchemeRedirect',
      'ListenerSet',
    ]),
  },
  {
    name: 'NGINX Gateway Fabric',
    controllerName: 'gateway.nginx.org/nginx-gateway-controller',
    policies: 'nginx-gateway-fabric',
  },
  {
    name: 'Cilium',
    controllerName: 'io.cilium/gateway-controller',
    idleCure: 'raise the stream idle timeout of its Envoy, which holds for all routes, in the Helm values of Cilium',
  },
  {
    name: 'Traefik',
    controllerName: 'traefik.io/gateway-controller',
    idleCure: 'set transport.respondingTimeouts of the entryPoint, which holds for all of its routes',
  },
  {
    name: 'Istio',
    controllerName: 'istio.io/gateway-controller',
    idleCure: 'set stream_idle_timeout by an EnvoyFilter for the Gateway; without one Istio cuts no idle socket',
  },
  {
    name: 'kgateway',
    controllerName: 'kgateway.dev/kgateway',
    idleCure: 'write a TrafficPolicy with timeouts.streamIdle for the HTTPRoute',
  },
  {
    name: 'Kong',
    controllerName: 'konghq.com/kic-gateway-controller',
    idleCure: 'set konghq.com/read-timeout and konghq.com/write-timeout, in milliseconds, on the Service',
  },
  {
    name: 'GKE Gateway',
    controllerName: 'networking.gke.io/gateway',
    idleCure:
      'set timeoutSec in a GCPBackendPolicy for the Service; it ends every WebSocket at that age, whether it is idle or not',
  },
  {
    name: 'AWS Load Balancer Controller',
    controllerName: 'gateway.k8s.aws/alb',
    idleCure: 'set idle_timeout.timeout_seconds in the LoadBalancerConfiguration of the Gateway',
  },
];

/** The implementation of a Gateway; others are told by their controllerName. */
export function findVendor({ controllerName }: Parent): Vendor {
  return (
    vendors.find((vendor) => vendor.controllerName === controllerName) ?? {
      name: `"${controllerName}"`,
      controllerName,
    }
  );
}

/** Whether the implementation has a feature of the API (`pkg/features`); undefined where that is not known. */
export function hasFeature(parent: Parent, feature: AskedFeature): boolean | undefined {
  return (parent.features ?? findVendor(parent).features)?.has(feature);
}

/**
 * Whether the implementation leads plain HTTP to HTTPS at a port. The port is a feature of its own, and a redirect without one means 443
 * (HTTPRequestRedirectFilter.port), so none is written where another port cannot be.
 */
export function canRedirect(parent: Parent, port: number): boolean {
  if (hasFeature(parent, 'HTTPRouteSchemeRedirect') === false) return false;
  return port === 443 || hasFeature(parent, 'HTTPRoutePortRedirect') !== false;
}
