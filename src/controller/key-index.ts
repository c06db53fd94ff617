/** Which keys stand for a value: the reverse of a map from a key to several values. */
export class KeyIndex {
  // A lone string stands for itself: nearly all are alone, and a Set or an array of one takes more than what is in it.
  readonly #values = new Map<string, string | readonly string[]>();
  readonly #keys = new Map<string, string | Set<string>>();

  /** Sets the values of a key; none removes it. */
  set(key: string, values: readonly string[]): void {
    for (const value of this.valuesOf(key)) this.#remove(value, key);
    const [first] = values;
    if (first === undefined) this.#values.delete(key);
    else this.#values.set(key, values.length === 1 ? first : values);
    for (const value of values) this.#add(value, key);
  }

  valuesOf(key: string): readonly string[] {
    const values = this.#values.get(key);
    return typeof values === 'string' ? [values] : (values ?? []);
  }

  keysOf(value: string): Iterable<string> {
    const keys = this.#keys.get(value);
    return typeof keys === 'string' ? [keys] : (keys ?? []);
  }

  #add(value: string, key: string): void {
    const keys = this.#keys.get(value);
    if (keys === undefined) this.#keys.set(value, key);
    else if (typeof keys === 'object') keys.add(key);
    else if (keys !== key) this.#keys.set(value, new Set([keys, key]));
  }

  #remove(value: string, key: string): void {
    const keys = this.#keys.get(value);
    if (keys === key) this.#keys.delete(value);
    if (typeof keys !== 'object') return;
    keys.delete(key);
    const [last] = keys;
    if (keys.size === 1 && last !== undefined) this.#keys.set(value, last);
  }
}
