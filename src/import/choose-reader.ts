import type { KubeObject } from '../api/objects.ts';
import { community } from './community.ts';
import { f5 } from './f5.ts';
import type { Ingress } from './ingress.ts';
import type { Reader } from './reader.ts';

/** Every controller whose Ingresses are read. */
export const readers: readonly Reader[] = [community, f5];

/** The annotation by which an Ingress named its class before there was a field. */
export const legacyClass = 'kubernetes.io/ingress.class';
const defaultMark = 'ingressclass.kubernetes.io/is-default-class';

/** What is known of the IngressClasses. */
export interface Classes {
  /** `spec.controller` by name. */
  readonly controllers: ReadonlyMap<string, string>;
  /** The class of an Ingress that names none. */
  readonly defaultClass: string | undefined;
  /** `spec.controller` of classes that are not known, where the caller says it. */
  readonly controller: string | undefined;
  /** Annotations that Ingresses of a class have, each class's together. */
  readonly prefixes: ReadonlyMap<string, ReadonlySet<string>>;
}

export function gatherClasses(
  classes: readonly KubeObject[],
  ingresses: readonly Ingress[],
  controller: string | undefined,
): Classes {
  const controllers = new Map<string, string>();
  for (const { metadata, spec } of classes) {
    const named = (spec as { readonly controller?: unknown } | undefined)?.controller;
    if (typeof named === 'string') controllers.set(metadata.name, named);
  }
  const defaultClass = classes.find(({ metadata }) => metadata.annotations?.[defaultMark] === 'true')?.metadata.name;
  const prefixes = new Map<string, Set<string>>();
  for (const ingress of ingresses) {
    const name = classOf(ingress) ?? defaultClass ?? '';
    const seen = prefixes.get(name) ?? new Set();
    for (const reader of readers) if (hasPrefix(ingress, reader)) seen.add(reader.prefix);
    prefixes.set(name, seen);
  }
  return { controllers, defaultClass, controller, prefixes };
}

/** The class that an Ingress names; controllers let the annotation count first. */
export function classOf({ metadata, spec }: Ingress): string | undefined {
  return metadata.annotations?.[legacyClass] ?? spec.ingressClassName;
}

export type Choice =
  | { readonly isMade: true; readonly reader: Reader; readonly className: string }
  | { readonly isMade: false; readonly because: string; readonly cure: string };

/** By the IngressClass, else by what the caller says, else by the annotations: its own, then those of others of the class. */
export function chooseReader(ingress: Ingress, classes: Classes): Choice {
  const className = classOf(ingress) ?? classes.defaultClass;
  if (className === undefined || className === '') {
    const cure = 'set spec.ingressClassName, or give the IngressClass that is the default one';
    return { isMade: false, because: 'it names no class, so it cannot be told whose it is', cure };
  }
  const controller = classes.controllers.get(className) ?? classes.controller;
  if (controller !== undefined) {
    const reader = readers.find((each) => each.controller === controller);
    if (reader !== undefined) return { isMade: true, reader, className };
    const because = `its class ${className} belongs to ${controller}, whose annotations are not read`;
    return { isMade: false, because, cure: `read are ${readers.map((each) => each.controller).join(' and ')}` };
  }
  const own = readers.filter((reader) => hasPrefix(ingress, reader));
  const [reader, other] =
    own.length > 0 ? own : readers.filter(({ prefix }) => classes.prefixes.get(className)?.has(prefix));
  if (reader !== undefined && other === undefined) return { isMade: true, reader, className };
  const because =
    reader === undefined
      ? `nothing tells which controller serves its class ${className}`
      : `it has annotations of two controllers, and nothing tells which one serves its class ${className}`;
  return { isMade: false, because, cure: 'give the IngressClass along, or --controller' };
}

function hasPrefix({ metadata }: Ingress, { prefix }: Reader): boolean {
  return Object.keys(metadata.annotations ?? {}).some((name) => name.startsWith(prefix));
}
