import type { Kubectl } from './kubectl.ts';
import type { Address } from './options.ts';

/** A cluster that is ready for the demo, embedded or not. */
export interface Stage {
  readonly kubectl: Kubectl;
  /** How a person would call it. */
  readonly kubectlCommand: string;
  readonly namespace: string;
  /** Files of this run. */
  readonly directory: string;
  readonly issuer: Issuer;
  readonly ingressClassName: string;
  readonly operator: { readonly kubeconfig: string; readonly args: readonly string[] };
  /** Where to connect to, when it is not the published address. */
  readonly address?: Address;
  /** Ends the operator when the demo dies without a chance to do so. */
  guard?(pid: number): void;
  /** Makes the Service `chat` on port 8080 lead to an echo server, in the namespace, which is there. */
  provideBackend(): Promise<void>;
  /** The end of the log of a part that the demo has started; empty for one that it has not. */
  readLog(part: Part): string;
}

export type Part = 'operator' | 'cert-manager' | 'ingress-nginx';

export interface Issuer {
  readonly kind: 'ClusterIssuer' | 'Issuer';
  readonly name: string;
  /** Where cert-manager looks for the Secret with its key. */
  readonly namespace: string;
}
