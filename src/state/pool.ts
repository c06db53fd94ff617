/**
 * Gives one string for equal texts, so that what thousands of objects say alike is in memory once. Remembers the last `capacity`
 * different texts and no more: what nobody says any longer is given up.
 */
export function createTextPool(capacity: number): (text: string) => string {
  const pool = new Map<string, string>();
  return function share(text) {
    const known = pool.get(text) ?? text;
    pool.delete(text);
    pool.set(known, known);
    const [oldest] = pool.size > capacity ? pool.keys() : [];
    if (oldest !== undefined) pool.delete(oldest);
    return known;
  };
}
