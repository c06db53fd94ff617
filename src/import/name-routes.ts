import { nameChildren } from '../route/names.ts';

/** Gives out names of routes, each once in its namespace. */
export class RouteNames {
  readonly #taken = new Set<string>();
  readonly #ingresses: ReadonlySet<string>;

  /** `ingresses`: `namespace/name` of those that are there. A route must not want the name of one of them for its own Ingress. */
  constructor(ingresses: Iterable<string>) {
    this.#ingresses = new Set(ingresses);
  }

  /** `chat`, then `chat-2`, `chat-3` … */
  take(namespace: string, wanted: string): string {
    for (let number = 1; ; number += 1) {
      const suffix = number === 1 ? '' : `-${number}`;
      const name = `${wanted.slice(0, 253 - suffix.length).replace(/[-.]+$/, '')}${suffix}`;
      const key = `${namespace}/${name}`;
      const isIngressTaken = this.#ingresses.has(`${namespace}/${nameChildren(name)}`);
      const isAnothers = number > 1 && this.#ingresses.has(key);
      if (this.#taken.has(key) || isIngressTaken || isAnothers) continue;
      this.#taken.add(key);
      return name;
    }
  }
}
