import type { Kubectl } from './kubectl.ts';
import { paintStatus, type Screen } from './screen.ts';
import { formatTable } from './table.ts';

/** A condition of a WssRoute, as the API server has it. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
}

/** Follows the conditions of a route and notes every change of one. */
export class ConditionWatch {
  #last: readonly Condition[] = [];

  get last(): readonly Condition[] {
    return this.#last;
  }

  /** Goes on until the signal of kubectl aborts. `key` is a namespace and a name. */
  async follow(
    kubectl: Kubectl,
    key: { readonly namespace: string; readonly name: string },
    screen: Screen,
  ): Promise<void> {
    const format = '--output=jsonpath={.status.conditions}{"\\n"}';
    // A list of one, which may be watched before the route is there.
    const which = ['wssroutes', `--field-selector=metadata.name=${key.name}`, `--namespace=${key.namespace}`];
    await kubectl.watch([...which, format], (line) => {
      const conditions: readonly Condition[] = line === '' ? [] : JSON.parse(line);
      for (const change of listChanges(this.#last, conditions)) {
        // Reconciling repeats for kstatus what Ready says.
        if (change.type !== 'Reconciling') screen.note(formatCondition(change));
      }
      this.#last = conditions;
    });
  }
}

/** Conditions that are new, or say something else than before. */
export function listChanges(before: readonly Condition[], after: readonly Condition[]): readonly Condition[] {
  return after.filter((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    return (['status', 'reason', 'message'] as const).some((field) => old?.[field] !== condition[field]);
  });
}

function formatCondition({ type, status, reason, message }: Condition): string {
  return `  ${type}=${paintStatus(status)} ${reason}: ${message}`;
}

export function formatConditions(conditions: readonly Condition[]): string {
  const rows = conditions.map(({ type, status, reason, message }) => [type, status, reason, message]);
  return formatTable([['CONDITION', 'STATUS', 'REASON', 'MESSAGE'], ...rows]);
}
