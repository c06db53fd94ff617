import type { IngressPath } from './ingress.ts';
import type { Annotations, Draft, Fate, Reading } from './reading.ts';
import type { Rest } from './rest.ts';

/** Why no route may be made of an Ingress: it would not work, or would be open to people who are kept out now. */
export interface Bar {
  readonly names: readonly string[];
  readonly because: string;
  readonly cure: string;
}

/** How the Ingresses of one controller are read. */
export interface Reader {
  /** Value of `IngressClass.spec.controller`. */
  readonly controller: string;
  /** Its name in a sentence. */
  readonly title: string;
  /** What its annotations begin with. */
  readonly prefix: string;
  findBars(annotations: Annotations): readonly Bar[];
  /** What becomes of a path: the form in which a route has it, or why it has none. */
  readPath(path: IngressPath, annotations: Annotations): PathReading;
  readFeatures(annotations: Annotations, context: FeatureContext): readonly Reading[];
  /** Whether a certificate is for a host only where its tls entry has the very name. */
  readonly matchesTLSExactly: boolean;
  /** What speaks against its being a WebSocket at all, where nothing speaks for it. */
  findDoubt(annotations: Annotations, paths: readonly PathPart[]): string | undefined;
  /** The last word on its annotations that nothing else has read. */
  readonly rest: Rest;
}

export interface FeatureContext {
  /** Paths that the routes get. */
  readonly paths: readonly PathPart[];
  /** Whether a Secret or an issuer is named. */
  readonly hasTLS: boolean;
}

export type PathPart = NonNullable<Draft['paths']>[number];

export type PathReading =
  | { readonly isTaken: true; readonly part: PathPart; readonly fate: Fate; readonly note?: string }
  | { readonly isTaken: false; readonly fate: Fate };
