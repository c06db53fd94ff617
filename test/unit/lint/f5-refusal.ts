import type { KubeObject } from '../../../src/api/objects.ts';

/**
 * Ingresses of one class, the oldest first, and all that is wrong with them, each as `NAME EFFECT FIELD`. `rejected`: a Warning, `Rejected`
 * or `NoIngressMasterFound`, and it serves nothing. `ignored`: taken without the field. `harmful`: taken, and clients get errors.
 * `seen`: the controller 5.5.4 was seen to do so; `read`: its source says so.
 */
export interface Refused {
  readonly what: string;
  readonly source: 'seen' | 'read';
  readonly ingresses: readonly KubeObject[];
  readonly found: readonly string[];
}

export function seen(what: string, ingresses: readonly KubeObject[], ...found: readonly string[]): Refused {
  return { what, source: 'seen', ingresses, found };
}

export function read(what: string, ingresses: readonly KubeObject[], ...found: readonly string[]): Refused {
  return { what, source: 'read', ingresses, found };
}
