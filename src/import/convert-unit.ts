import type { KubeObject } from '../api/objects.ts';
import { formatProblem } from '../api/problem.ts';
import { legacyClass } from './choose-reader.ts';
import { findFlaw, mergeDrafts, toManifest, validateSpec } from './draft.ts';
import { findForeignCertificate } from './foreign-certificate.ts';
import { type IngressPath, pathOfAnnotation, pathOfPath } from './ingress.ts';
import { readIssuer } from './issuer.ts';
import type { Ledger } from './ledger.ts';
import type { RouteNames } from './name-routes.ts';
import type { PathPart } from './reader.ts';
import type { Annotations, Draft, Fate, Reading } from './reading.ts';
import { type HostPart, type RoutePart, splitHosts } from './split-hosts.ts';
import { decideTLS, findTLS, type HostTLS, withoutTLS } from './tls.ts';
import {
  decideAnnotation,
  decideOverridden,
  describeLoan,
  noteAnnotation,
  type Unit,
  viewAnnotations,
} from './unit.ts';

/** Turns an Ingress into routes, and decides about everything that it says. None where a route would not do what the Ingress does. */
export function convertUnit(unit: Unit, names: RouteNames): readonly KubeObject[] {
  const { ledger, reader } = unit;
  const bars = reader.findBars(viewAnnotations(unit));
  if (bars.length > 0) {
    const because = bars.map((bar) => `${bar.names.map((name) => ledger.expand(name)).join(', ')}: ${bar.because}`);
    ledger.leaveWhole(because.join('; '), [...new Set(bars.map(({ cure }) => cure))].join('; '));
    return [];
  }
  for (const each of unit.master === undefined ? [ledger] : [ledger, unit.master]) decideClass(each, unit.className);
  decideOverridden(unit);
  if (ledger.ingress.spec.defaultBackend !== undefined) ledger.decide('spec.defaultBackend', defaultBackend);
  const hosts = readHosts(unit);
  decideTLS(
    unit.master ?? ledger,
    hosts.map(({ tls }) => tls),
  );
  for (const index of unit.master === undefined ? [] : (ledger.ingress.spec.tls ?? []).keys()) {
    ledger.decide(`spec.tls[${index}]`, tlsOfMinion);
  }
  const routes = splitHosts(hosts).flatMap((part) => emitRoute(unit, part, names));
  if (routes.length === 0) leaveUnserved(unit);
  else unit.master?.decide('spec.rules[0]', toHosts);
  return routes;
}

/** When no route comes of it, all of it is left, for the reasons that its parts have. */
function leaveUnserved({ ledger }: Unit): void {
  const rules = ledger.ingress.spec.rules ?? [];
  const sources = rules.flatMap(({ http }, rule) => (http?.paths ?? []).map((_, path) => pathOfPath(rule, path)));
  const fates = [...sources, ...rules.map((_, rule) => `spec.rules[${rule}]`)].flatMap((source) => {
    const fate = ledger.fateOf(source);
    return fate?.outcome === 'leftover' && fate !== withoutPaths ? [fate] : [];
  });
  if (fates.length === 0) {
    ledger.leaveWhole('it has no rule with a path, and a route needs one', 'keep this Ingress, or give it a rule');
    return;
  }
  const reasons = [...new Set(fates.map(({ because }) => because))];
  const cures = [...new Set(fates.map(({ cure }) => cure))];
  ledger.leaveWhole(`no route comes of it: ${reasons.join('; ')}`, cures.join('; '));
}

const defaultBackend: Fate = {
  outcome: 'leftover',
  because: 'it answers whatever no path fits, and a route serves its own paths only',
  cure: 'keep an Ingress with this defaultBackend and without these rules',
};

const tlsOfMinion: Fate = {
  outcome: 'leftover',
  because: 'the controller rejects a minion with tls',
  cure: "nothing: the master's counts",
};

function decideClass(ledger: Ledger, className: string): void {
  const fate = { outcome: 'carried', to: 'spec.ingressClassName' } as const;
  const { metadata, spec } = ledger.ingress;
  if (metadata.annotations?.[legacyClass] !== undefined) ledger.decide(pathOfAnnotation(legacyClass), fate);
  const field = spec.ingressClassName;
  if (field === undefined) return;
  const because = `the annotation ${legacyClass} counts more`;
  ledger.decide('spec.ingressClassName', field === className ? fate : { outcome: 'dropped', because });
}

/** The hosts with the paths that become those of routes. */
function readHosts(unit: Unit): readonly HostPart[] {
  const { ledger } = unit;
  const view = viewAnnotations(unit);
  const paths = new Map<string, PathPart[]>();
  for (const [index, { host = '', http }] of (ledger.ingress.spec.rules ?? []).entries()) {
    const name = host.toLowerCase();
    const flaw = name === '' ? undefined : findFlaw({ hosts: [name] });
    const taken = paths.get(name) ?? [];
    const before = taken.length;
    for (const [number, path] of (http?.paths ?? []).entries()) {
      const source = pathOfPath(index, number);
      ledger.decide(source, flaw === undefined ? takePath(unit, view, source, path, taken) : refuseHost(flaw));
    }
    if (taken.length > 0) paths.set(name, taken);
    const isServed = taken.length > before;
    ledger.decide(`spec.rules[${index}]`, isServed ? toHosts : flaw === undefined ? withoutPaths : refuseHost(flaw));
  }
  const hosts = [...paths.keys()];
  return hosts.map((host) => ({
    host,
    paths: paths.get(host) ?? [],
    tls: findOwnTLS(unit, host, hosts) ?? borrowTLS(unit, host),
  }));
}

function findOwnTLS({ ledger, master, reader }: Unit, host: string, hosts: readonly string[]): HostTLS | undefined {
  return findTLS(host, master ?? ledger, { isExact: reader.matchesTLSExactly, hosts });
}

function borrowTLS({ ledger, className, reader, lenders }: Unit, host: string): HostTLS | undefined {
  if (reader.matchesTLSExactly) return undefined;
  const lender = lenders.get(describeLoan(ledger.ingress.metadata.namespace, className, host));
  const tls = lender && findTLS(host, lender, { isExact: reader.matchesTLSExactly, hosts: [host] });
  if (tls === undefined) return undefined;
  ledger.note('', `${host} has its certificate from Ingress ${tls.owner.key}, and the route asks for the same`);
  return { ...tls, extraNames: [] };
}

const toHosts: Fate = { outcome: 'carried', to: 'spec.hosts' };
const withoutPaths: Fate = {
  outcome: 'leftover',
  because: 'none of its paths becomes one of a route',
  cure: 'see its paths',
};

function refuseHost(flaw: string): Fate {
  return { outcome: 'leftover', because: `no route takes the host: ${flaw}`, cure: 'give the host another name' };
}

/** What becomes of a path; one that a route takes is added to `taken`. */
function takePath(
  { ledger, reader }: Unit,
  view: Annotations,
  source: string,
  path: IngressPath,
  taken: PathPart[],
): Fate {
  const reading = reader.readPath(path, view);
  if (!reading.isTaken) return reading.fate;
  const flaw = findFlaw({ paths: [reading.part] });
  if (flaw !== undefined) {
    const cure = 'write a path that a route takes, or keep this Ingress for it';
    return { outcome: 'leftover', because: `no route takes it: ${flaw}`, cure };
  }
  if (taken.some((other) => other.path === reading.part.path)) {
    const because = `${reading.part.path} of this host is there already, and a route has each path once`;
    return { outcome: 'leftover', because, cure: 'choose one of them' };
  }
  taken.push(reading.part);
  if (reading.note !== undefined) ledger.note(source, reading.note);
  return reading.fate;
}

function emitRoute(unit: Unit, part: RoutePart, names: RouteNames): readonly KubeObject[] {
  const { ledger, className, reader } = unit;
  const { name, namespace } = ledger.ingress.metadata;
  const view = viewAnnotations(unit);
  const issuer = part.tls === undefined ? [] : readIssuer(part.tls.owner, namesOf(part.tls));
  const features = reader.readFeatures(view, { paths: part.paths, hasTLS: part.tls !== undefined });
  const drafted = applyReadings(unit, [...issuer, ...features]);
  const spec: Draft = {
    ...drafted,
    ...(part.hosts.length > 0 && { hosts: part.hosts }),
    ingressClassName: className,
    paths: part.paths,
    tls: nameCertificate(drafted, part),
  };
  const problems = validateSpec(spec);
  if (problems.length > 0) return leaveRules(ledger, part, problems.map(formatProblem).join('; '));
  const fate = part.tls === undefined ? withoutTLS : findForeignCertificate(unit, part.tls, spec.tls ?? {});
  if (fate !== undefined) for (const source of rulesOf(ledger, part)) ledger.decide(source, fate);
  const doubt = reader.findDoubt(view, part.paths);
  if (doubt !== undefined) ledger.note('', doubt);
  const metadata = { name: names.take(namespace ?? '', name), ...(namespace !== undefined && { namespace }) };
  return [toManifest(metadata, spec)];
}

/** Names of the certificate. */
function namesOf({ owner, index }: HostTLS): readonly string[] {
  return owner.ingress.spec.tls?.[index]?.hosts ?? [];
}

function nameCertificate({ tls = {} }: Draft, { tls: entry }: RoutePart): NonNullable<Draft['tls']> {
  const { issuerRef, dnsNames, ipAddresses, privateKey, duration, renewBeforePercentage, ...rest } = tls;
  if (entry === undefined) return rest;
  if (issuerRef === undefined) return { ...rest, secretName: entry.secretName };
  const extraNames = [...new Set([...(dnsNames ?? []), ...entry.extraNames])];
  return { ...tls, ...(extraNames.length > 0 && { dnsNames: extraNames }) };
}

/** Puts readings together, and decides about their annotations. What the schema refuses becomes a leftover. */
function applyReadings(unit: Unit, readings: readonly Reading[]): Draft {
  let draft: Draft = {};
  for (const reading of readings) {
    const { part } = reading;
    const flaw = part === undefined ? undefined : findFlaw(part);
    if (part !== undefined && flaw === undefined) draft = mergeDrafts(draft, part);
    if (reading.kind === 'remark') {
      if (reading.text !== undefined) noteAnnotation(unit, reading.name, reading.text);
      continue;
    }
    const cure = 'write what a route takes, or keep this Ingress';
    const fate: Fate =
      flaw === undefined ? reading.fate : { outcome: 'leftover', because: `no route takes it: ${flaw}`, cure };
    for (const name of reading.names) decideAnnotation(unit, name, fate);
  }
  return draft;
}

function leaveRules(ledger: Ledger, part: RoutePart, because: string): readonly KubeObject[] {
  const cure = 'correct it in the Ingress, or write the route by hand';
  for (const source of rulesOf(ledger, part)) ledger.decide(source, { outcome: 'leftover', because, cure });
  return [];
}

function rulesOf({ ingress }: Ledger, { hosts }: RoutePart): readonly string[] {
  return (ingress.spec.rules ?? []).flatMap(({ host = '' }, index) => {
    const isMeant = hosts.length === 0 ? host === '' : hosts.includes(host.toLowerCase());
    return isMeant ? [`spec.rules[${index}]`] : [];
  });
}
