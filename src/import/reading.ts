import type { WssRouteSpec } from '../api/wssroute.generated.ts';

/** What becomes of one thing that an Ingress says. */
export type Fate =
  | { readonly outcome: 'carried'; readonly to: string }
  /** It means nothing, or the route does it anyway. */
  | { readonly outcome: 'dropped'; readonly because: string }
  /** It is lost, wholly or in part. */
  | { readonly outcome: 'leftover'; readonly because: string; readonly cure: string };

/** A part of a route's spec. */
export type Draft = DeepPartial<WssRouteSpec>;

type DeepPartial<Value> = Value extends readonly (infer Item)[]
  ? readonly DeepPartial<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]?: DeepPartial<Value[Key]> }
    : Value;

/** What a few annotations mean. */
export type Reading =
  | {
      readonly kind: 'decision';
      /** Annotations; without a "/" they have the dialect's prefix. */
      readonly names: readonly string[];
      readonly fate: Fate;
      /** What is written for it; also for a leftover, where something near is. */
      readonly part?: Draft;
    }
  /** What a default of the controller means, where the Ingress says nothing, and what is worth knowing. */
  | { readonly kind: 'remark'; readonly name: string; readonly text?: string; readonly part?: Draft };

/** The annotations of one Ingress, or of a minion with its master's. */
export interface Annotations {
  /** Namespace of the Ingress. */
  readonly namespace: string | undefined;
  /** Value of an annotation; a name without a "/" has the dialect's prefix. */
  get(name: string): string | undefined;
}

type Names = string | readonly string[];

export function carry(names: Names, to: string, part: Draft): Reading {
  return { kind: 'decision', names: [names].flat(), fate: { outcome: 'carried', to }, part };
}

export function drop(names: Names, because: string): Reading {
  return { kind: 'decision', names: [names].flat(), fate: { outcome: 'dropped', because } };
}

export function leave(names: Names, because: string, cure: string, part?: Draft): Reading {
  const fate = { outcome: 'leftover', because, cure } as const;
  return { kind: 'decision', names: [names].flat(), fate, ...(part !== undefined && { part }) };
}

/** What the controller does where the annotation `name` is not there. */
export function assume(name: string, part: Draft, text?: string): Reading {
  return { kind: 'remark', name, part, ...(text !== undefined && { text }) };
}

export function remark(name: string, text: string): Reading {
  return { kind: 'remark', name, text };
}

/** Those of the names that are there. */
export function pick(annotations: Annotations, names: readonly string[]): readonly string[] {
  return names.filter((name) => annotations.get(name) !== undefined);
}
