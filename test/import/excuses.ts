import type { Import } from '../../src/import/import-ingresses.ts';
import type { ApiObject } from '../support/admin-client.ts';
import type { Behaviour } from './behaviour.ts';

/** Properties that an annotation is about, where they have another name. */
const about: Readonly<Record<string, readonly string[]>> = {
  'proxy-read-timeout': ['read', 'send'],
  'proxy-send-timeout': ['send'],
  'proxy-connect-timeout': ['connect'],
  'limit-req-burst': ['burst'],
  'limit-req-rate': ['rate', 'burst'],
  'limit-burst-multiplier': ['burst'],
  'sticky-cookie-services': ['affinity', 'sticky-cookie-name', 'sticky-cookie-age', 'sticky-cookie-rest', 'lb-method'],
  'tls-acme': ['tls'],
  'ssl-ciphers': ['ciphers', 'ssl-prefer-server-ciphers'],
  'proxy-ssl-secret': ['backendTLS'],
};

/** What the import has told about: per Ingress, the properties that may differ, and the locations that may be gone. */
export interface Excuses {
  isGone(location: string): boolean;
  mayDiffer(location: string, property: string): boolean;
}

/** Only leftovers and notes excuse; what was dropped or carried over has to be as it was. */
export function readExcuses(objects: readonly ApiObject[], { decisions, notes }: Import): Excuses {
  const gone = new Set<string>();
  const different = new Set<string>();
  const leftovers = decisions.filter(({ fate }) => fate.outcome === 'leftover');
  const ingresses = objects.filter(({ kind }) => kind === 'Ingress');
  for (const ingress of ingresses) {
    const key = `${ingress.metadata.namespace ?? ''}/${ingress.metadata.name}`;
    const masters = ingresses.filter(
      (other) => other.metadata.annotations?.['nginx.org/mergeable-ingress-type'] === 'master',
    );
    const isMinion = ingress.metadata.annotations?.['nginx.org/mergeable-ingress-type'] === 'minion';
    const keys = [
      key,
      ...(isMinion ? masters.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`) : []),
    ];
    const told = [...leftovers, ...notes].filter((each) => keys.includes(each.ingress)).map(({ source }) => source);
    const lost = leftovers.filter((each) => each.ingress === key).map(({ source }) => source);
    for (const [rule, { host = '', http }] of (ingress.spec.rules ?? []).entries()) {
      for (const [index, { path = '/' }] of (http?.paths ?? []).entries()) {
        const location = `${host}${path.length > 1 ? path.replace(/\/$/, '') : path}`;
        const source = `spec.rules[${rule}].http.paths[${index}]`;
        if (lost.includes('') || lost.includes(source)) gone.add(location);
        if (told.includes(source)) different.add(`${location} match`);
        if (told.includes(`spec.rules[${rule}]`)) different.add(`${location} tls`);
        for (const property of told.flatMap(listProperties)) different.add(`${location} ${property}`);
      }
    }
  }
  return {
    isGone: (location) => gone.has(location),
    mayDiffer: (location, property) => different.has(`${location} ${property}`),
  };
}

function listProperties(source: string): readonly string[] {
  const [, name] = /^metadata\.annotations\["[^/]+\/(.+)"\]$/.exec(source) ?? [];
  return name === undefined ? [] : (about[name] ?? [name]);
}

/** Every difference that nobody has told about. */
export function findUntold(before: Behaviour, after: Behaviour, { isGone, mayDiffer }: Excuses): readonly string[] {
  const differences: string[] = [];
  for (const location of after.keys()) if (!before.has(location)) differences.push(`${location}: is new`);
  for (const [location, was] of before) {
    const is = after.get(location);
    if (is === undefined) {
      if (!isGone(location)) differences.push(`${location}: is gone`);
      continue;
    }
    for (const property of new Set([...Object.keys(was), ...Object.keys(is)])) {
      if (was[property] === is[property] || mayDiffer(location, property)) continue;
      differences.push(
        `${location}: ${property} was ${was[property] ?? 'nothing'} and is ${is[property] ?? 'nothing'}`,
      );
    }
  }
  return differences;
}
