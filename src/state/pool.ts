/**
 * Gives one text for equal texts, so that what thousands of objects say alike is in memory once. Remembers the last `capacity`
 * different ones and no more: what nobody says any longer is given up.
 */
export function createTextPool(capacity: number): (text: string) => string {
  return createPool(capacity, (text: string) => text);
}

/** The same for what is equal as JSON. Nobody may change it afterwards. */
export function createValuePool(capacity: number): <Value extends object>(value: Value) => Value {
  const share = createPool<object>(capacity, JSON.stringify);
  return function shareValue<Value extends object>(value: Value) {
    return share(value) as Value;
  };
}

function createPool<Value>(capacity: number, textOf: (value: Value) => string): (value: Value) => Value {
  const pool = new Map<string, Value>();
  return function share(value) {
    const text = textOf(value);
    const known = pool.get(text) ?? value;
    pool.delete(text);
    pool.set(text, known);
    for (const oldest of pool.keys()) {
      if (pool.size <= capacity) break;
      pool.delete(oldest);
    }
    return known;
  };
}
