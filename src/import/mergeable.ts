import type { Ledger } from './ledger.ts';
import type { Unit } from './unit.ts';

const mergeableType = 'nginx.org/mergeable-ingress-type';

/** Ingresses of F5's controller that share a host: one master with the certificate, and minions with the paths. */
export interface Merging {
  /** Without masters; minions with theirs. */
  readonly units: readonly Unit[];
  /** Masters of which a route has come. */
  readonly served: Set<Ledger>;
  /** Leaves masters of which none has come. */
  closeMasters(): void;
}

export function mergeMinions(units: readonly Unit[]): Merging {
  const masters = new Map<string, Ledger>();
  for (const unit of units.filter((each) => typeOf(each) === 'master').sort(compareAge)) {
    const key = keyOf(unit);
    const winner = masters.get(key);
    if (winner === undefined) masters.set(key, unit.ledger);
    else unit.ledger.leaveWhole(`the host is held by the older master ${winner.key}`, 'remove one of them');
  }
  const served = new Set<Ledger>();
  return {
    served,
    units: units.flatMap((unit) => {
      if (typeOf(unit) === 'master') return [];
      if (typeOf(unit) !== 'minion') return [unit];
      const master = masters.get(keyOf(unit));
      if (master !== undefined) return [{ ...unit, master }];
      unit.ledger.leaveWhole(
        'the master of its host, which has the certificate, is not among the documents',
        'import both',
      );
      return [];
    }),
    closeMasters: () => {
      for (const master of masters.values()) {
        if (served.has(master)) continue;
        master.leaveWhole(
          'no minion of its host becomes a route, and a master has no paths',
          'import its minions with it',
        );
      }
    },
  };
}

function typeOf({ ledger, reader }: Unit): string | undefined {
  return reader.prefix === 'nginx.org/' ? ledger.get(mergeableType) : undefined;
}

function keyOf({ ledger, className }: Unit): string {
  return `${className} ${ledger.ingress.spec.rules?.[0]?.host?.toLowerCase() ?? ''}`;
}

/** The oldest holds a host; in files, where there is no age, the first. */
function compareAge(left: Unit, right: Unit): number {
  const [a = '', b = ''] = [left, right].map(({ ledger }) => ledger.ingress.metadata.creationTimestamp);
  return a === b ? 0 : a < b ? -1 : 1;
}
