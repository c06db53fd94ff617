import type { Claim } from '../route/claims.ts';
import type { Listener, Parent } from '../route/parent.ts';
import type { ObservedChild } from './observed.ts';

export interface ObservedGatewayClass {
  readonly controllerName: string;
  /** Undefined where the implementation tells none. */
  readonly features: readonly string[] | undefined;
}

export interface ObservedGateway {
  readonly namespace: string;
  readonly name: string;
  readonly className: string;
  readonly listeners: readonly ObservedListener[];
  readonly allowsListenersFrom: Parent['allowsListenersFrom'];
  readonly addresses: readonly string[];
  readonly verdicts: readonly ParentVerdict[];
}

/** A listener, before it is known which Secrets it may refer to. */
export type ObservedListener = Omit<Listener, 'ungranted'>;

/** Anybody's: routes attach to other people's, and the operator writes some itself. */
export interface ObservedListenerSet extends ObservedChild {
  readonly gateway: { readonly namespace: string; readonly name: string };
  readonly listeners: readonly ObservedListener[];
  readonly verdicts: readonly ParentVerdict[];
}

/** Who may refer to what is in the namespace of the grant. */
export interface ObservedReferenceGrant {
  readonly namespace: string;
  readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
  /** An empty name stands for every object of the kind. */
  readonly to: readonly { readonly group: string; readonly kind: string; readonly name: string }[];
}

export interface ObservedHttpRoute extends ObservedChild {
  readonly claims: readonly Claim[];
  /** Where it wants to be attached. Empty for other people's. */
  readonly parentRefs: readonly ObservedParentRef[];
  /** What the implementations say of each attachment (`status.parents`). Empty for other people's. */
  readonly parents: readonly {
    readonly parentRef: ObservedParentRef;
    readonly controllerName: string;
    readonly verdicts: readonly ParentVerdict[];
  }[];
}

/** A policy of the API or of an implementation. */
export interface ObservedPolicy extends ObservedChild {
  /** What the implementations say of it (`status.ancestors`). Empty for other people's. */
  readonly ancestors: readonly { readonly controllerName: string; readonly verdicts: readonly ParentVerdict[] }[];
}

export interface ObservedParentRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Empty: all of its listeners. */
  readonly sectionName: string;
}

/** A condition that an implementation has written. */
export interface ParentVerdict {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** Whether it is about the present generation. */
  readonly isCurrent: boolean;
}
