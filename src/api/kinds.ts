/** What the API server must be told to address a kind: `/apis/{group}/{version}/…/{plural}`. */
export interface Kind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

export const wssRouteKind = {
  group: 'wssroute.dev',
  version: 'v1alpha1',
  kind: 'WssRoute',
  plural: 'wssroutes',
  isNamespaced: true,
} as const satisfies Kind;

export const ingressKind = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  isNamespaced: true,
} as const satisfies Kind;

export const ingressClassKind = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  isNamespaced: false,
} as const satisfies Kind;

export const certificateKind = {
  group: 'cert-manager.io',
  version: 'v1',
  kind: 'Certificate',
  plural: 'certificates',
  isNamespaced: true,
} as const satisfies Kind;

export const certificateRequestKind = {
  group: 'cert-manager.io',
  version: 'v1',
  kind: 'CertificateRequest',
  plural: 'certificaterequests',
  isNamespaced: true,
} as const satisfies Kind;

export const orderKind = {
  group: 'acme.cert-manager.io',
  version: 'v1',
  kind: 'Order',
  plural: 'orders',
  isNamespaced: true,
} as const satisfies Kind;

export const challengeKind = {
  group: 'acme.cert-manager.io',
  version: 'v1',
  kind: 'Challenge',
  plural: 'challenges',
  isNamespaced: true,
} as const satisfies Kind;

export const serviceKind = {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  isNamespaced: true,
} as const satisfies Kind;

export const configMapKind = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  isNamespaced: true,
} as const satisfies Kind;

export const gatewayClassKind = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  kind: 'GatewayClass',
  plural: 'gatewayclasses',
  isNamespaced: false,
} as const satisfies Kind;

export const gatewayKind = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  kind: 'Gateway',
  plural: 'gateways',
  isNamespaced: true,
} as const satisfies Kind;

export const listenerSetKind = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  kind: 'ListenerSet',
  plural: 'listenersets',
  isNamespaced: true,
} as const satisfies Kind;

export const httpRouteKind = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  kind: 'HTTPRoute',
  plural: 'httproutes',
  isNamespaced: true,
} as const satisfies Kind;

export const referenceGrantKind = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  kind: 'ReferenceGrant',
  plural: 'referencegrants',
  isNamespaced: true,
} as const satisfies Kind;

export const backendTlsPolicyKind = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  kind: 'BackendTLSPolicy',
  plural: 'backendtlspolicies',
  isNamespaced: true,
} as const satisfies Kind;

/** Envoy Gateway's. */
export const backendTrafficPolicyKind = {
  group: 'gateway.envoyproxy.io',
  version: 'v1alpha1',
  kind: 'BackendTrafficPolicy',
  plural: 'backendtrafficpolicies',
  isNamespaced: true,
} as const satisfies Kind;

/** NGINX Gateway Fabric's. */
export const proxySettingsPolicyKind = {
  group: 'gateway.nginx.org',
  version: 'v1alpha1',
  kind: 'ProxySettingsPolicy',
  plural: 'proxysettingspolicies',
  isNamespaced: true,
} as const satisfies Kind;

/** What is written for an attachment to a Gateway or ListenerSet. */
export const parentChildKinds: readonly Kind[] = [
  httpRouteKind,
  listenerSetKind,
  backendTlsPolicyKind,
  backendTrafficPolicyKind,
  proxySettingsPolicyKind,
];

export const eventKind = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  isNamespaced: true,
} as const satisfies Kind;

export const leaseKind = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  isNamespaced: true,
} as const satisfies Kind;

/** `group/version`, or only the version for the core group. */
export function apiVersionOf(kind: Kind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}
