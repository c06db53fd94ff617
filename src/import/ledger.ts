import { formatKey } from '../api/objects.ts';
import { type Ingress, listParts, pathOfAnnotation } from './ingress.ts';
import type { Annotations, Fate } from './reading.ts';

/** What became of one thing that an Ingress says. An empty `source` is the whole Ingress. */
export interface Decision {
  readonly place: string;
  /** `namespace/name` of the Ingress. */
  readonly ingress: string;
  readonly source: string;
  /** Value of an annotation. */
  readonly value?: string;
  readonly fate: Fate;
}

/** What changes by itself, or is worth knowing. */
export interface Note {
  readonly place: string;
  readonly ingress: string;
  /** Empty for the whole Ingress; the annotation may be one that is not there. */
  readonly source: string;
  readonly text: string;
}

const severity = { dropped: 0, carried: 1, leftover: 2 } as const;

/** Of one Ingress: what became of each thing that it says. Everything is decided about once, however many routes come of it. */
export class Ledger implements Annotations {
  readonly ingress: Ingress;
  readonly place: string;
  readonly #prefix: string;
  readonly #fates = new Map<string, Fate>();
  readonly #notes = new Map<string, Note>();
  #whole: Fate | undefined;

  constructor(ingress: Ingress, place: string, prefix: string) {
    this.ingress = ingress;
    this.place = place;
    this.#prefix = prefix;
  }

  get namespace(): string | undefined {
    return this.ingress.metadata.namespace;
  }

  get key(): string {
    return formatKey(this.ingress.metadata);
  }

  get(name: string): string | undefined {
    return this.ingress.metadata.annotations?.[this.expand(name)];
  }

  /** The whole name of an annotation. */
  expand(name: string): string {
    return name.includes('/') ? name : `${this.#prefix}${name}`;
  }

  /** Of several verdicts on the same thing, by several routes, the worst stands. */
  decide(source: string, fate: Fate): void {
    const before = this.#fates.get(source);
    if (before === undefined || severity[before.outcome] < severity[fate.outcome]) this.#fates.set(source, fate);
  }

  fateOf(source: string): Fate | undefined {
    return this.#fates.get(source);
  }

  /** Nothing is made of the Ingress. */
  leaveWhole(because: string, cure: string): void {
    this.#whole ??= { outcome: 'leftover', because, cure };
  }

  note(source: string, text: string): void {
    const { place, key: ingress } = this;
    this.#notes.set(`${source} ${text}`, { place, ingress, source, text });
  }

  get notes(): readonly Note[] {
    return this.#whole === undefined ? [...this.#notes.values()] : [];
  }

  /** One decision for each thing that the Ingress says, or one for all of it. `judge` decides about what nobody has read. */
  close(judge: (annotation: string, value: string) => Fate): readonly Decision[] {
    const { place, key: ingress } = this;
    if (this.#whole !== undefined) return [{ place, ingress, source: '', fate: this.#whole }];
    const annotations = this.ingress.metadata.annotations ?? {};
    const values = new Map(Object.entries(annotations).map(([name, value]) => [pathOfAnnotation(name), [name, value]]));
    return listParts(this.ingress).map((source) => {
      const [name = '', value] = values.get(source) ?? [];
      const fate = this.#fates.get(source) ?? (value === undefined ? unknownField : judge(name, value));
      return { place, ingress, source, ...(value !== undefined && { value }), fate };
    });
  }
}

const unknownField: Fate = {
  outcome: 'leftover',
  because: 'no WssRoute says this',
  cure: 'keep an Ingress for it, beside the route',
};
