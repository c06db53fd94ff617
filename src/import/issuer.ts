import { type Annotations, carry, type Draft, drop, leave, pick, type Reading } from './reading.ts';
import { formatDuration, parseGoDuration, parseInteger } from './times.ts';

const prefix = 'cert-manager.io/';
/** What cert-manager asks for where nobody says how long: 90 days. */
const defaultDuration = 7_776_000;

/**
 * The annotations by which cert-manager makes a Certificate for an Ingress (https://cert-manager.io/docs/usage/ingress/). The route asks
 * for its certificate itself. Nothing is returned where the Ingress has none of them.
 */
export function readIssuer(annotations: Annotations, names: readonly string[] = []): readonly Reading[] {
  const issuerRef = readReference(annotations);
  const references = pick(annotations, ['cluster-issuer', 'issuer', 'issuer-kind', 'issuer-group'].map(withPrefix));
  if (issuerRef === undefined) return readOrphans(annotations);
  const tls = { issuerRef };
  return [
    carry(references, 'spec.tls.issuerRef', { tls }),
    ...readTlsAcme(annotations, true),
    ...readLifetime(annotations, tls),
    ...readKey(annotations, tls),
    ...readNames(annotations, tls, names),
    ...readUsages(annotations),
  ];
}

/** Whether cert-manager issues the certificate of the Ingress. */
export function isIssued(annotations: Annotations): boolean {
  return readReference(annotations) !== undefined || annotations.get('kubernetes.io/tls-acme') === 'true';
}

function readReference(annotations: Annotations): NonNullable<NonNullable<Draft['tls']>['issuerRef']> | undefined {
  const issuer = annotations.get(withPrefix('issuer'));
  const clusterIssuer = annotations.get(withPrefix('cluster-issuer'));
  const kind = annotations.get(withPrefix('issuer-kind'));
  const group = annotations.get(withPrefix('issuer-group'));
  const name = issuer ?? clusterIssuer;
  if (name === undefined) return undefined;
  const own = kind ?? (issuer === undefined ? 'ClusterIssuer' : undefined);
  return { name, ...(own !== undefined && { kind: own }), ...(group !== undefined && { group }) };
}

function readOrphans(annotations: Annotations): readonly Reading[] {
  const all = [...shim, ...keys, ...namesOfCertificate].map(withPrefix);
  const because = 'the Ingress names no issuer, so cert-manager made no certificate for it and did not read this';
  return [...readTlsAcme(annotations, false), ...pick(annotations, all).map((name) => drop(name, because))];
}

function readTlsAcme(annotations: Annotations, hasIssuer: boolean): readonly Reading[] {
  const name = 'kubernetes.io/tls-acme';
  const value = annotations.get(name);
  if (value === undefined) return [];
  if (hasIssuer || value !== 'true')
    return [drop(name, 'the issuer, or the Secret, says where the certificate is from')];
  const because =
    "cert-manager's own default issuer signs the certificate, and no Ingress tells its name; the Secret is named as it is";
  const cure = 'set spec.tls.issuerRef instead of secretName: nobody renews the Secret when the Ingress is gone';
  return [leave(name, because, cure)];
}

const shim = ['duration', 'renew-before', 'renew-before-percentage', 'usages', 'issuer-kind', 'issuer-group'];

function readLifetime(annotations: Annotations, tls: NonNullable<Draft['tls']>): readonly Reading[] {
  const readings: Reading[] = [];
  const text = annotations.get(withPrefix('duration'));
  const seconds = text === undefined ? undefined : parseGoDuration(text);
  if (text !== undefined) {
    readings.push(
      seconds === undefined || !Number.isInteger(seconds)
        ? leave(withPrefix('duration'), 'it is no duration of whole seconds', 'set spec.tls.duration')
        : carry(withPrefix('duration'), 'spec.tls.duration', { tls: { ...tls, duration: formatDuration(seconds) } }),
    );
  }
  const before = annotations.get(withPrefix('renew-before'));
  if (before !== undefined) readings.push(readRenewal(before, seconds ?? defaultDuration, tls));
  const percentage = annotations.get(withPrefix('renew-before-percentage'));
  if (percentage !== undefined) {
    const name = withPrefix('renew-before-percentage');
    const renewBeforePercentage = parseInteger(percentage);
    readings.push(
      renewBeforePercentage === undefined
        ? leave(name, 'it is no whole number', 'set spec.tls.renewBeforePercentage')
        : carry(name, 'spec.tls.renewBeforePercentage', { tls: { ...tls, renewBeforePercentage } }),
    );
  }
  return readings;
}

/** A route says how early by a share of the validity, because issuers shorten it. */
function readRenewal(text: string, duration: number, tls: NonNullable<Draft['tls']>): Reading {
  const name = withPrefix('renew-before');
  const seconds = parseGoDuration(text);
  if (seconds === undefined || seconds >= duration) {
    return leave(name, 'it is no duration below that of the certificate', 'set spec.tls.renewBeforePercentage');
  }
  const share = (seconds / duration) * 100;
  const renewBeforePercentage = Math.min(99, Math.max(1, Math.round(share)));
  const part = { tls: { ...tls, renewBeforePercentage } };
  if (share === renewBeforePercentage) return carry(name, 'spec.tls.renewBeforePercentage', part);
  const because = `a route says it by whole percents; ${renewBeforePercentage} is written for ${share.toFixed(2)}`;
  return leave(name, because, 'nothing, unless the hours matter: change spec.tls.renewBeforePercentage', part);
}

const keys = ['private-key-algorithm', 'private-key-size', 'private-key-rotation-policy', 'private-key-encoding'];

function readKey(annotations: Annotations, tls: NonNullable<Draft['tls']>): readonly Reading[] {
  const algorithm = annotations.get(withPrefix('private-key-algorithm'));
  const size = annotations.get(withPrefix('private-key-size'));
  const rotationPolicy = annotations.get(withPrefix('private-key-rotation-policy'));
  const encoding = annotations.get(withPrefix('private-key-encoding'));
  const privateKey = {
    ...((algorithm !== undefined || size !== undefined) && { algorithm: algorithm ?? 'RSA' }),
    ...(size !== undefined && { size: parseInteger(size) ?? size }),
    ...(rotationPolicy !== undefined && { rotationPolicy }),
  } as NonNullable<NonNullable<Draft['tls']>['privateKey']>;
  const names = pick(annotations, keys.slice(0, 3).map(withPrefix));
  return [
    ...(names.length > 0 ? [carry(names, 'spec.tls.privateKey', { tls: { ...tls, privateKey } })] : []),
    ...(encoding === undefined ? [] : [readEncoding(encoding)]),
  ];
}

function readEncoding(encoding: string): Reading {
  const name = withPrefix('private-key-encoding');
  if (encoding === 'PKCS1') return drop(name, "it is cert-manager's default");
  return leave(name, 'a route does not say how the key is encoded', 'nothing: ingress controllers read either form');
}

const namesOfCertificate = ['common-name', 'alt-names', 'ip-sans', 'email-sans', 'uri-sans'];

function readNames(
  annotations: Annotations,
  tls: NonNullable<Draft['tls']>,
  names: readonly string[],
): readonly Reading[] {
  const lists = [
    { name: 'alt-names', field: 'dnsNames' },
    { name: 'ip-sans', field: 'ipAddresses' },
  ] as const;
  const readings = lists.flatMap(({ name, field }) => {
    const list = splitList(annotations.get(withPrefix(name)));
    if (list.length === 0) return [];
    return [carry(withPrefix(name), `spec.tls.${field}`, { tls: { ...tls, [field]: list } })];
  });
  const commonName = annotations.get(withPrefix('common-name'));
  if (commonName === undefined) return readings;
  const because = 'clients look at the names only, which the route takes from its hosts';
  if (names.includes(commonName)) return [...readings, drop(withPrefix('common-name'), because)];
  const cure = `add ${commonName} to spec.tls.dnsNames, if clients ask for it`;
  return [...readings, leave(withPrefix('common-name'), because, cure)];
}

function readUsages(annotations: Annotations): readonly Reading[] {
  const name = withPrefix('usages');
  const usages = splitList(annotations.get(name));
  if (usages.length === 0) return [];
  const asked = ['digital signature', 'key encipherment', 'server auth'];
  if (usages.every((usage) => asked.includes(usage))) return [drop(name, `the route asks for ${asked.join(', ')}`)];
  const because = `the route asks for ${asked.join(', ')}, which servers need, and nothing else`;
  return [leave(name, because, 'make a Certificate of your own, and name it in spec.tls.certificateRef')];
}

function splitList(text: string | undefined): readonly string[] {
  return [...new Set((text ?? '').split(',').map((item) => item.trim()))].filter((item) => item !== '');
}

function withPrefix(name: string): string {
  return `${prefix}${name}`;
}
