import { certificateKind, type Kind } from '../api/kinds.ts';
import { describe } from '../kube/errors.ts';
import type { Reflector, ReflectorState } from '../kube/reflector.ts';
import { isIndispensable } from './first-lists.ts';

export type AnyReflector = Pick<
  Reflector<unknown>,
  'kind' | 'state' | 'hasSynced' | 'isAbsent' | 'start' | 'stop' | 'whenSynced'
>;

/**
 * Whether a watch is as far as the operator needs it. It works without cert-manager, whose two groups end alike, and once it has begun
 * without what it cannot read and only some routes need; without its own kind it does nothing.
 */
export function isComplete({ kind, hasSynced, isAbsent }: AnyReflector, hasBegun: boolean): boolean {
  if (!hasSynced) return hasBegun && !isIndispensable(kind);
  return !isAbsent || isOptional(kind) || kind.group.endsWith(certificateKind.group);
}

/** Nobody misses Gateways, or the policies of one vendor, where no route names them. */
export function isOptional({ group }: Kind): boolean {
  return group.startsWith('gateway.');
}

export function describeState(state: ReflectorState): string {
  return state.phase === 'retrying' ? `${state.phase}: ${describe(state.error)}` : state.phase;
}
