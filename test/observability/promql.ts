/** What an expression of PromQL names. */
export interface Names {
  /** Names of series, in selectors. */
  readonly metrics: readonly string[];
  /** Names of labels, in matchers and in `by`, `on`, … */
  readonly labels: readonly string[];
}

/** Longest first: a text may hold what would otherwise look like a name. */
const tokens =
  /(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(?<range>\[[^\]]*\])|(?<number>\d[\w.]*)|(?<name>[a-zA-Z_:][\w:]*)|(?<mark>=~|!~|[=!]=|<=|>=|[^\s\w])/g;
const grouping = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const words = new Set(['and', 'or', 'unless', 'bool', 'offset', 'start', 'end', 'atan2', 'inf', 'nan']);

/**
 * Finds the names by the grammar's few places for them: labels stand in braces before a comparison, or in the parentheses of a
 * grouping; before a parenthesis stands a function; every other word that is no operator is a series.
 */
export function findNames(expression: string): Names {
  const all = [...expression.matchAll(tokens)].map(({ groups }) => groups ?? {});
  const metrics = new Set<string>();
  const labels = new Set<string>();
  let isInBraces = false;
  let isGrouping = false;
  for (const [index, { name, mark }] of all.entries()) {
    if (mark === '{' || mark === '}') isInBraces = mark === '{';
    if (mark === ')') isGrouping = false;
    if (name === undefined) continue;
    const isCalled = all[index + 1]?.mark === '(';
    if (isInBraces || isGrouping) labels.add(name);
    else if (grouping.has(name)) isGrouping = isCalled;
    else if (!words.has(name.toLowerCase()) && !isCalled && !isAggregation(all[index + 1]?.name)) metrics.add(name);
  }
  return { metrics: [...metrics], labels: [...labels] };
}

/** `sum by (…) (…)`: the word before is the aggregation. */
function isAggregation(next: string | undefined): boolean {
  return next === 'by' || next === 'without';
}
