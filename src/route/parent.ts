/** What is known of the Gateway or ListenerSet that a route attaches to. */
export interface Parent {
  /** `spec.controllerName` of the GatewayClass; empty while the class is not known. */
  readonly controllerName: string;
  /** `status.supportedFeatures` of the GatewayClass; undefined where the implementation tells none. */
  readonly features: ReadonlySet<string> | undefined;
  /** Of the Gateway, or of the ListenerSet. */
  readonly listeners: readonly Listener[];
  /** From where the Gateway takes ListenerSets (`spec.allowedListeners.namespaces.from`). */
  readonly allowsListenersFrom: 'All' | 'Same' | 'Selector' | 'None';
  /** What the Gateway publishes (`status.addresses`). */
  readonly addresses: readonly string[];
  /** The Gateway itself: for a ListenerSet the one that it belongs to. */
  readonly gateway: { readonly namespace: string; readonly name: string };
  /** What has to be there for the parent to work and is not, such as `GatewayClass "edge"`. */
  readonly missing?: string;
  /** Why the implementation does not serve the Gateway, or the ListenerSet, in its words. */
  readonly trouble?: string;
}

export interface Listener {
  readonly name: string;
  /** Empty: any host. May be a wildcard. */
  readonly hostname: string;
  readonly port: number;
  readonly protocol: string;
  /** Whether TLS ends there; what passes through serves no HTTPRoute. */
  readonly isTerminating: boolean;
  /** Whether it takes HTTPRoutes (`allowedRoutes.kinds`). */
  readonly takesHttpRoutes: boolean;
  /** From where it takes routes (`allowedRoutes.namespaces.from`). */
  readonly allowsRoutesFrom: 'All' | 'Same' | 'Selector' | 'None';
  /** Secrets of its certificate, as `namespace/name`; empty for plain HTTP. */
  readonly secrets: readonly string[];
  /** Those of them that are in another namespace, where no ReferenceGrant permits them. */
  readonly ungranted: readonly string[];
}
