const none: ReadonlySet<string> = new Set();

/** Which keys stand for a value: the reverse of a map from a key to several values. */
export class KeyIndex {
  readonly #values = new Map<string, readonly string[]>();
  readonly #keys = new Map<string, Set<string>>();

  /** Sets the values of a key; none removes it. */
  set(key: string, values: readonly string[]): void {
    for (const value of this.#values.get(key) ?? []) {
      const keys = this.#keys.get(value);
      keys?.delete(key);
      if (keys?.size === 0) this.#keys.delete(value);
    }
    if (values.length === 0) this.#values.delete(key);
    else this.#values.set(key, values);
    for (const value of values) {
      const keys = this.#keys.get(value);
      if (keys === undefined) this.#keys.set(value, new Set([key]));
      else keys.add(key);
    }
  }

  valuesOf(key: string): readonly string[] {
    return this.#values.get(key) ?? [];
  }

  keysOf(value: string): ReadonlySet<string> {
    return this.#keys.get(value) ?? none;
  }
}
