import type { JsonSchema } from './value.ts';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
/** At most 63 characters. */
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]';
const port = '([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])';

/** Empty, or a DNS label, as names of Services and namespaces are. */
export const optionalDnsLabel = { pattern: `^(${label})?$`, maxLength: 63 } as const satisfies JsonSchema;

/** Empty, or a DNS subdomain, as names of most objects are. */
export const optionalDnsName = { pattern: `^(${label}(\\.${label})*)?$`, maxLength: 253 } as const satisfies JsonSchema;

/** Who asks does so from outside of the Pod: an address of loopback would never answer, and port 0 is another one at each start. */
export const podAddress = { pattern: `^(0|(0\\.0\\.0\\.0|\\[::\\])?:${port})$` } as const satisfies JsonSchema;

/** A duration of Prometheus: `30s`, `1m`, `1m30s`. */
export const scrapeDuration = {
  pattern: '^([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$',
  minLength: 2,
  maxLength: 20,
} as const satisfies JsonSchema;

const qualifiedKey = `^(${label}(\\.${label})*/)?${qualifiedName}$`;

// Not `propertyNames`: helm's message about a bad name would speak of another value.

/** Labels of an object, with the bounds that the API server sets. */
export const labels = {
  type: 'object',
  patternProperties: { [qualifiedKey]: { type: 'string', pattern: `^(${qualifiedName})?$`, maxLength: 63 } },
  additionalProperties: false,
} as const satisfies JsonSchema;

export const annotations = {
  type: 'object',
  patternProperties: { [qualifiedKey]: { type: 'string' } },
  additionalProperties: false,
} as const satisfies JsonSchema;

/** Labels of a time series. */
export const ruleLabels = {
  type: 'object',
  patternProperties: { '^[a-zA-Z_][a-zA-Z0-9_]*$': { type: 'string' } },
  additionalProperties: false,
} as const satisfies JsonSchema;
