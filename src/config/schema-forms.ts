/** Name of a namespace. */
export const label = {
  type: 'string',
  minLength: 1,
  maxLength: 63,
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
  'x-expected': 'must be lowercase letters, digits and "-", at most 63 characters',
} as const;

/** Name of most objects. */
export const objectName = {
  type: 'string',
  minLength: 1,
  maxLength: 253,
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
  'x-expected': 'must be lowercase letters, digits, "-" and ".", at most 253 characters',
} as const;

/** Whole seconds, as routes write them; see route/duration.ts. */
export const duration = {
  type: 'string',
  minLength: 2,
  maxLength: 18,
  pattern: '^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$',
  'x-expected': 'must be hours, minutes and seconds in this order, such as 1h, 30m or 90s',
} as const;

/** What telemetry/address.ts reads; a test holds both together. */
export const address = {
  type: 'string',
  minLength: 1,
  maxLength: 261,
  pattern:
    '^(0|(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9.-]*):(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[0-5]?[0-9]{1,4}))$',
  'x-expected': 'must be ":8080", "127.0.0.1:8080" or "[::1]:8080", or "0" for none',
} as const;

export const issuerKind = {
  type: 'string',
  description:
    'ClusterIssuer, Issuer (of the namespace of each route), or the kind of an external issuer together with its group.',
  default: 'ClusterIssuer',
  minLength: 1,
  maxLength: 63,
  pattern: '^[A-Z][A-Za-z0-9]*$',
  'x-expected': 'must be a kind such as ClusterIssuer or Issuer',
} as const;

export const issuerGroup = {
  ...objectName,
  description: 'API group of the issuer; external issuers have their own.',
  default: 'cert-manager.io',
  'x-expected': 'must be an API group such as cert-manager.io',
} as const;
