/** The names that somebody may have meant, nearest first: at most three, and none that has little in common. */
export function findNearest(written: string, known: readonly string[]): readonly string[] {
  const word = written.toLowerCase();
  return known
    .map((name) => ({ name, distance: measure(word, name.toLowerCase()), rest: Math.abs(name.length - word.length) }))
    .filter(({ name, distance }) => distance <= Math.max(word.length, name.length) / 2)
    .sort((left, right) => left.distance - right.distance || left.rest - right.rest)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Letters to add, remove or replace (Levenshtein); a name within the other is as near as one letter. */
function measure(left: string, right: string): number {
  if (left !== '' && (left.includes(right) || right.includes(left))) return left === right ? 0 : 1;
  let above = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...left].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...right].entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    above = current;
  }
  return above[right.length] ?? 0;
}
