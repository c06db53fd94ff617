import { pathOfAnnotation } from './ingress.ts';
import type { Ledger } from './ledger.ts';
import type { Reader } from './reader.ts';
import type { Annotations, Fate } from './reading.ts';

/** What is turned into routes at once: an Ingress, or a minion of F5's controller with its master. */
export interface Unit {
  readonly reader: Reader;
  readonly className: string;
  /** Has the rules and paths. */
  readonly ledger: Ledger;
  /** Has the certificate, and what holds for the whole host. */
  readonly master?: Ledger;
  /** Ingresses with certificates for hosts, where Ingresses of the controller share them. */
  readonly lenders: Lenders;
}

/** By {@link describeLoan}. */
export type Lenders = ReadonlyMap<string, Ledger>;

/** ingress-nginx serves a host with one certificate, that of the oldest Ingress with tls; a route may name it in its own namespace only. */
export function describeLoan(namespace: string | undefined, className: string, host: string): string {
  return `${namespace ?? ''} ${className} ${host.toLowerCase()}`;
}

/** Keys that count on a master only; on a minion the controller passes over them (internal/configs/annotations.go `minionDenylist`). */
const ofMaster =
  /^(ssl-redirect|ingress\.kubernetes\.io\/ssl-redirect|redirect-to-https|http-redirect-code|hsts.*|ssl-ciphers|ssl-prefer-server-ciphers|server-tokens|listen-ports.*|server-snippets|app-root|proxy-hide-headers|proxy-pass-headers|(acme\.)?cert-manager\.io\/.*|kubernetes\.io\/tls-acme)$/;
/** Keys that a master must not have, or that say nothing of its minions. */
const ofMinion =
  /^(websocket-services|ssl-services|grpc-services|rewrites|rewrite-target|path-regex|(nginx\.com\/)?sticky-cookie-services|mergeable-ingress-type|use-cluster-ip)$/;

/** The annotations that count for a unit; what a minion does not say itself it has from its master. */
export function viewAnnotations({ ledger, master }: Unit): Annotations {
  return { namespace: ledger.namespace, get: (name) => ownerOf(name, ledger, master)?.get(name) };
}

/** Decides about an annotation where it stands. */
export function decideAnnotation({ ledger, master }: Unit, name: string, fate: Fate): void {
  const owner = ownerOf(name, ledger, master) ?? ledger;
  owner.decide(pathOfAnnotation(owner.expand(name)), fate);
}

/** Remarks on an annotation that may be nowhere. */
export function noteAnnotation({ ledger, master }: Unit, name: string, text: string): void {
  const owner = ownerOf(name, ledger, master) ?? ledger;
  owner.note(pathOfAnnotation(owner.expand(name)), text);
}

/** Of a minion and its master: what does not count, or not any more. */
export function decideOverridden({ ledger, master, reader: { prefix } }: Unit): void {
  if (master === undefined) return;
  const because = 'the controller passes over it on a minion';
  for (const fullName of Object.keys(ledger.ingress.metadata.annotations ?? {})) {
    const name = fullName.startsWith(prefix) ? fullName.slice(prefix.length) : fullName;
    if (ofMaster.test(name)) ledger.decide(pathOfAnnotation(fullName), { outcome: 'dropped', because });
    else if (master.get(name) !== undefined && !ofMinion.test(name)) {
      master.decide(pathOfAnnotation(fullName), { outcome: 'dropped', because: 'minions say it themselves' });
    }
  }
}

function ownerOf(name: string, ledger: Ledger, master: Ledger | undefined): Ledger | undefined {
  if (master === undefined || ofMinion.test(name)) return ledger.get(name) === undefined ? undefined : ledger;
  if (ofMaster.test(name)) return master.get(name) === undefined ? undefined : master;
  return [ledger, master].find((each) => each.get(name) !== undefined);
}
