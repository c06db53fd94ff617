/** How one test, or one step that is no test, ended. */
export interface Outcome {
  readonly name: string;
  /** `file:line`; empty for a step that is no test. */
  readonly place: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped. */
  readonly detail: string;
}

export function count(outcomes: readonly Outcome[], result: Outcome['result']): number {
  return outcomes.filter((outcome) => outcome.result === result).length;
}

/** `3 passed, 1 failed, 0 skipped` */
export function summarize(outcomes: readonly Outcome[]): string {
  return (['passed', 'failed', 'skipped'] as const).map((result) => `${count(outcomes, result)} ${result}`).join(', ');
}
