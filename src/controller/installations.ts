import type { Kind } from '../api/kinds.ts';
import type { ReflectorState } from '../kube/reflector.ts';

/** Notices when kinds that need not be there are installed, or removed. */
export class Installations {
  readonly #absent = new Set<string>();

  /** What a change of a watch's state tells; undefined where it is no news. */
  note({ group, kind }: Kind, phase: ReflectorState['phase']): 'installed' | 'removed' | undefined {
    const name = `${kind}.${group}`;
    if (phase === 'absent') {
      if (this.#absent.has(name)) return undefined;
      this.#absent.add(name);
      return 'removed';
    }
    return phase === 'watching' && this.#absent.delete(name) ? 'installed' : undefined;
  }
}
