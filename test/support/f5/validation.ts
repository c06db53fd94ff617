import type { ApiObject } from '../admin-client.ts';

export type Role = 'plain' | 'master' | 'minion';

const mergeable = 'nginx.org/mergeable-ingress-type';
const webSocketServices = 'nginx.org/websocket-services';
const timeouts = ['nginx.org/proxy-connect-timeout', 'nginx.org/proxy-read-timeout', 'nginx.org/proxy-send-timeout'];
// Seen to be taken: 3600, 3600s, 1h, 1h30m, 3600000ms, 0; refused: 3600S, "60 s", abc, -1.
const time = /^(?:\d+(?:ms|[smhdwMy])?)+$/;

/** What an Ingress wants to be; one that is misspelt is refused, see {@link findError}. */
export function roleOf(ingress: ApiObject): Role {
  const value = annotation(ingress, mergeable);
  return value === 'master' || value === 'minion' ? value : 'plain';
}

/** Why the controller refuses an Ingress for what it says itself, in the controller's own words. */
export function findError(ingress: ApiObject): string | undefined {
  return findShapeError(ingress) ?? findTimeoutError(ingress) ?? findServiceError(ingress);
}

export function annotation(ingress: ApiObject, key: string): string | undefined {
  return ingress.metadata.annotations?.[key];
}

export function pathsOf(ingress: ApiObject): readonly ApiObject[] {
  return (ingress.spec.rules ?? []).flatMap((rule: ApiObject) => rule.http?.paths ?? []);
}

/** The Services that get their Upgrade headers. */
export function webSocketServicesOf(ingress: ApiObject): readonly string[] {
  return annotation(ingress, webSocketServices)?.split(',') ?? [];
}

function findShapeError(ingress: ApiObject): string | undefined {
  const type = annotation(ingress, mergeable);
  if (type !== undefined && type !== 'master' && type !== 'minion') {
    return `annotations.${mergeable}: Invalid value: "${type}": must be one of: 'master' or 'minion'`;
  }
  const { rules = [], tls = [] } = ingress.spec;
  for (const [index, rule] of rules.entries()) {
    if ((rule.host ?? '') === '') return `spec.rules[${index}].host: Required value`;
  }
  if (type === undefined) return undefined;
  if (rules.length > 1) return `spec.rules: Too many: ${rules.length}: must have at most 1 item`;
  const paths = pathsOf(ingress).length;
  if (type === 'master' && paths > 0) {
    return `spec.rules[0].http.paths: Too many: ${paths}: must have at most 0 items`;
  }
  if (type === 'minion' && tls.length > 0) return `spec.tls: Too many: ${tls.length}: must have at most 0 items`;
  return undefined;
}

function findTimeoutError(ingress: ApiObject): string | undefined {
  for (const key of timeouts) {
    const value = annotation(ingress, key);
    if (value !== undefined && !time.test(value)) {
      return `annotations.${key}: Invalid value: "${value}": must be a time`;
    }
  }
  return undefined;
}

/** Names are taken as they stand between the commas, so a blank or a comma too many is a Service that is not there. */
function findServiceError(ingress: ApiObject): string | undefined {
  const value = annotation(ingress, webSocketServices);
  if (value === undefined) return undefined;
  if (value === '') return `annotations.${webSocketServices}: Required value`;
  const backends = [...pathsOf(ingress).map(({ backend }) => backend), ingress.spec.defaultBackend];
  const known = new Set(backends.map((backend) => backend?.service?.name));
  const missing = value.split(',').filter((name) => !known.has(name));
  if (missing.length === 0) return undefined;
  const rule = 'must be a comma-separated list of services';
  const found = `The following services were not found: ${missing.join(',')}`;
  return `annotations.${webSocketServices}: Invalid value: "${value}": ${rule}. ${found}`;
}
