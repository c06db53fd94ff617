import { certificateKind, gatewayKind, type Kind } from '../api/kinds.ts';
import type { WssRoute } from '../api/wssroute.ts';
import type { ReflectorState } from '../kube/reflector.ts';

/** Notices when kinds that the operator can do without are installed or removed, or can be read at last. */
export class Installations {
  readonly #absent = new Set<string>();
  readonly #unread = new Set<string>();

  /** The operator begins without the kind, which it cannot read. */
  doWithout(kind: Kind): void {
    this.#unread.add(nameOf(kind));
  }

  /** What a change of a watch's state tells; undefined where it is no news. */
  note(kind: Kind, phase: ReflectorState['phase']): 'installed' | 'removed' | 'read' | undefined {
    const name = nameOf(kind);
    const isRead = (phase === 'watching' || phase === 'absent') && this.#unread.delete(name);
    if (phase === 'absent') {
      if (this.#absent.has(name)) return undefined;
      this.#absent.add(name);
      return isRead ? 'read' : 'removed';
    }
    if (phase === 'watching' && this.#absent.delete(name)) return 'installed';
    return isRead ? 'read' : undefined;
  }
}

/** Whether a route has it in its status that the kind is not there. */
export function waitsFor({ tls, parentRefs }: Partial<WssRoute['spec']>, kind: string): boolean {
  if (kind === certificateKind.kind) return tls?.secretName === undefined;
  return kind === gatewayKind.kind && parentRefs !== undefined;
}

function nameOf({ group, kind }: Kind): string {
  return `${kind}.${group}`;
}
