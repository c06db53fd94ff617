import { ingressClassKind, wssRouteKind } from '../api/kinds.ts';
import { formatKey, type KubeObject } from '../api/objects.ts';
import { managedBy } from '../route/children.ts';
import { chooseReader, gatherClasses, legacyClass } from './choose-reader.ts';
import { convertUnit } from './convert-unit.ts';
import { type Ingress, isIngress, pathOfAnnotation, readIngress } from './ingress.ts';
import { type Decision, Ledger, type Note } from './ledger.ts';
import { type Merging, mergeMinions } from './mergeable.ts';
import { RouteNames } from './name-routes.ts';
import { judgeRest, noteOwners } from './other-programs.ts';
import { describeLoan, type Unit } from './unit.ts';

/** An object, and where it was found. */
export interface Found {
  readonly place: string;
  readonly object: KubeObject;
}

/** What is made of Ingresses. */
export interface Import {
  /** Manifests of WssRoutes. */
  readonly routes: readonly KubeObject[];
  /** One for each thing that an Ingress says, or one for all of an Ingress. */
  readonly decisions: readonly Decision[];
  readonly notes: readonly Note[];
  /** Ingresses that were looked at, without those that were passed over. */
  readonly count: number;
}

/**
 * Turns Ingresses into WssRoutes that do the same. IngressClasses among the objects tell whose the Ingresses are, else `controller`
 * (`spec.controller` of a class), else their annotations; objects of other kinds are passed over.
 */
export function importIngresses(found: readonly Found[], controller?: string): Import {
  const decisions: Decision[] = [];
  const notes: Note[] = [];
  const seen = new Map<string, { readonly place: string; readonly ingress: Ingress }>();
  for (const { place, object } of found) {
    if (object.kind === 'VirtualServer' || object.kind === 'VirtualServerRoute')
      decisions.push(leaveVirtual(place, object));
    if (!isIngress(object)) continue;
    const key = formatKey(object.metadata);
    const reading = readIngress(object);
    if (!reading.isReadable) decisions.push(leave(place, key, reading.because, 'correct it, and import again'));
    else if (seen.has(key))
      decisions.push(leave(place, key, 'an earlier document is of the same name', 'remove one of them'));
    else seen.set(key, { place, ingress: reading.ingress });
  }
  const kept = [...seen.values()].filter(({ place, ingress }) => {
    const text = findPass(ingress);
    if (text !== undefined) notes.push({ place, ingress: formatKey(ingress.metadata), source: '', text });
    return text === undefined;
  });
  const classObjects = found.map(({ object }) => object).filter(({ kind }) => kind === ingressClassKind.kind);
  const classes = gatherClasses(
    classObjects,
    kept.map(({ ingress }) => ingress),
    controller,
  );
  const units: Unit[] = [];
  const lenders = new Map<string, Ledger>();
  for (const { place, ingress } of kept) {
    const choice = chooseReader(ingress, classes);
    if (!choice.isMade) {
      decisions.push(leave(place, formatKey(ingress.metadata), choice.because, choice.cure));
      continue;
    }
    const { reader, className } = choice;
    const ledger = new Ledger(ingress, place, reader.prefix);
    noteOwners(ledger);
    if (ingress.metadata.annotations?.[legacyClass] !== undefined && !classes.controllers.has(className)) {
      const text = `a route needs an IngressClass of the name ${className}: see \`kubectl get ingressclass\``;
      ledger.note(pathOfAnnotation(legacyClass), text);
    }
    units.push({ reader, className, ledger, lenders });
    lend(lenders, ledger, className);
  }
  const names = new RouteNames(kept.map(({ ingress }) => formatKey(ingress.metadata)));
  const merging: Merging = mergeMinions(units);
  const routes = merging.units.flatMap((unit) => {
    const made = convertUnit(unit, names);
    if (made.length > 0 && unit.master !== undefined) merging.served.add(unit.master);
    return made;
  });
  merging.closeMasters();
  for (const { ledger, reader } of units) {
    decisions.push(...ledger.close(judgeRest(reader)));
    notes.push(...ledger.notes);
  }
  return { routes, decisions, notes, count: kept.length };
}

/** The first Ingress with tls for a host lends its certificate. */
function lend(lenders: Map<string, Ledger>, ledger: Ledger, className: string): void {
  const { metadata, spec } = ledger.ingress;
  for (const host of (spec.tls ?? []).flatMap(({ hosts = [] }) => hosts)) {
    const key = describeLoan(metadata.namespace, className, host);
    if (!lenders.has(key)) lenders.set(key, ledger);
  }
}

/** Why an Ingress is none of a user's. */
function findPass({ metadata }: Ingress): string | undefined {
  const { labels = {}, ownerReferences = [] } = metadata;
  if (labels['acme.cert-manager.io/http01-solver'] === 'true') {
    return 'passed over: it is for a challenge of cert-manager, which removes it';
  }
  const owner = ownerReferences.find(
    ({ apiVersion, kind }) => kind === wssRouteKind.kind && apiVersion.startsWith(`${wssRouteKind.group}/`),
  );
  if (owner !== undefined) return `passed over: WssRoute ${owner.name} has made it`;
  return labels[managedBy.label] === managedBy.value ? 'passed over: wss-operator has made it' : undefined;
}

function leaveVirtual(place: string, { kind, metadata }: KubeObject): Decision {
  const because = `a ${kind} is no Ingress, and is not read`;
  return leave(place, formatKey(metadata), because, 'write a WssRoute by hand: its routes are spec.paths');
}

function leave(place: string, ingress: string, because: string, cure: string): Decision {
  return { place, ingress, source: '', fate: { outcome: 'leftover', because, cure } };
}
