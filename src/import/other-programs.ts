import { readers } from './choose-reader.ts';
import type { Ledger } from './ledger.ts';
import type { Reader } from './reader.ts';
import type { Fate } from './reading.ts';
import { judgeOwnRest } from './rest.ts';

/** Marks of tools, by the beginning of their names. */
const marks: readonly { readonly prefix: string; readonly because: string }[] = [
  { prefix: 'kubectl.kubernetes.io/', because: "it is kubectl's note of what it has applied" },
  { prefix: 'meta.helm.sh/', because: 'it marks what a Helm release has made' },
  { prefix: 'helm.sh/', because: 'it tells Helm when to make the Ingress' },
  { prefix: 'argocd.argoproj.io/', because: 'it tells Argo CD about the Ingress' },
  { prefix: 'kustomize.toolkit.fluxcd.io/', because: 'it tells Flux about the Ingress' },
  { prefix: 'field.cattle.io/', because: "it is Rancher's note" },
  { prefix: 'config.kubernetes.io/', because: 'it is a note of kustomize' },
  { prefix: 'kubernetes.io/description', because: 'it is for people' },
];

/** What other programs do by an annotation of an Ingress; they do not look at a route. */
const others: readonly { readonly prefix: string; readonly because: string; readonly cure: string }[] = [
  {
    prefix: 'external-dns.alpha.kubernetes.io/',
    because: 'the operator copies no annotations, so external-dns sees the hosts of the Ingress, but not this',
    cure: 'set it up for all Ingresses in external-dns, or make a DNSEndpoint',
  },
  {
    prefix: 'acme.cert-manager.io/',
    because: 'the route asks for its certificate itself, so cert-manager looks at the solver of the issuer only',
    cure: 'set it in the solver of the issuer (spec.acme.solvers[].http01.ingress)',
  },
  {
    prefix: 'cert-manager.io/',
    because: 'no field of a route says this',
    cure: 'make a Certificate of your own, and name it in spec.tls.certificateRef',
  },
  {
    prefix: 'gethomepage.dev/',
    because: 'the operator copies no annotations',
    cure: "list the page in the dashboard's own configuration",
  },
];

/** The last word on an annotation that nothing has read. */
export function judgeRest(reader: Reader): (name: string, value: string) => Fate {
  return (name, value) => {
    if (name.startsWith(reader.prefix)) return judgeOwnRest(reader.rest, name.slice(reader.prefix.length), value);
    const stranger = readers.find(({ prefix }) => name.startsWith(prefix));
    if (stranger !== undefined) {
      const because = `it is for ${stranger.title}; ${reader.title}, which serves the class, does not read it`;
      return { outcome: 'dropped', because };
    }
    const mark = marks.find(({ prefix }) => name.startsWith(prefix));
    if (mark !== undefined) return { outcome: 'dropped', because: mark.because };
    const other = others.find(({ prefix }) => name.startsWith(prefix));
    if (other !== undefined) return { outcome: 'leftover', because: other.because, cure: other.cure };
    const because = 'the operator copies no annotations of other programs';
    return { outcome: 'leftover', because, cure: 'see what reads it, and whether that can do without' };
  };
}

/** Who else writes the Ingress, and would write it again when it is gone. */
export function noteOwners(ledger: Ledger): void {
  const { labels = {}, annotations = {}, ownerReferences = [] } = ledger.ingress.metadata;
  const again = 'so that it is not made again';
  for (const { kind, name } of ownerReferences) {
    ledger.note('', `${kind} ${name} has made it: turn its Ingress off there, ${again}`);
  }
  const release = annotations['meta.helm.sh/release-name'];
  if (release !== undefined || labels['app.kubernetes.io/managed-by'] === 'Helm') {
    const chart = release === undefined ? 'a Helm release' : `the Helm release ${release}`;
    ledger.note('', `${chart} has made it: turn the Ingress off in its values, ${again}`);
  }
}
