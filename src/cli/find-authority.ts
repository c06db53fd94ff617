import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { certificateKind, certificateRequestKind, wssRouteKind } from '../api/kinds.ts';
import { formatKey, type ObjectKey } from '../api/objects.ts';
import { toOneLine } from '../api/text.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { classify, describe } from '../kube/errors.ts';
import { list, read } from '../kube/read.ts';
import type { Transport } from '../kube/transport.ts';
import { readServedChain } from '../probe/served-chain.ts';
import { findFlaw, type Target } from '../probe/target.ts';
import { readCertificates } from '../route/authority.ts';
import { nameChildren } from '../route/names.ts';
import { listHandshakes, verificationOf } from '../route/proof.ts';
import { findIssuedRequest, projectCertificateRequest } from '../state/project-issuance.ts';
import { findPublicRoot, isSelfSigned } from './judge-authority.ts';

/** What clients of a route have to trust, and where it comes from; or why it cannot be told. */
export type Finding =
  | {
      readonly isFound: true;
      readonly certificate: X509Certificate;
      readonly source: string;
      readonly isPubliclyTrusted: boolean;
      readonly remarks: readonly string[];
    }
  | { readonly isFound: false; readonly because: string; readonly remarks: readonly string[] };

const handshakeMs = 10_000;

/** Asks the API server, then the route's own address. @throws what {@link Transport.request} throws */
export async function findAuthority(transport: Transport, key: ObjectKey): Promise<Finding> {
  const remarks: string[] = [];
  const route = (await read(transport, wssRouteKind, key)) as WssRoute | undefined;
  if (route === undefined) {
    const because = `WssRoute ${formatKey(key)} is not there: \`kubectl get wssroutes --all-namespaces\` shows those that are`;
    return { isFound: false, because, remarks };
  }
  const told = await findTold(transport, route, remarks);
  if (told === undefined) return { remarks, ...(await findServed(route)) };
  return { isFound: true, remarks, ...leadToRoot([told.certificate], told.source) };
}

type Found = Omit<Extract<Finding, { readonly isFound: true }>, 'remarks' | 'isFound'>;

/** The public root that certificates of one chain lead to; else the topmost of them, the last. */
function leadToRoot(chain: readonly [X509Certificate, ...X509Certificate[]], source: string): Found {
  const top = chain.at(-1) ?? chain[0];
  // A root may be served as an older one has signed it, which nobody knows any more: then the one below leads to it.
  const root = chain
    .toReversed()
    .map(findPublicRoot)
    .find((found) => found !== undefined);
  if (root === undefined) return { certificate: top, source, isPubliclyTrusted: false };
  const isOther = root.fingerprint256 !== top.fingerprint256;
  return { certificate: root, source: isOther ? `what is ${source} leads to it` : source, isPubliclyTrusted: true };
}

interface Told {
  readonly certificate: X509Certificate;
  readonly source: string;
}

/** What the issuer has told cert-manager; undefined where it told nothing, or cert-manager was not asked. */
async function findTold(transport: Transport, route: WssRoute, remarks: string[]): Promise<Told | undefined> {
  const { namespace = '', name: routeName } = route.metadata;
  const { secretName, certificateRef } = route.spec.tls;
  if (secretName !== undefined) return undefined;
  const name = certificateRef?.name ?? route.status?.certificate?.name ?? nameChildren(routeName);
  try {
    const certificate = await read(transport, certificateKind, { namespace, name }, { metadataOnly: true });
    if (certificate === undefined) return undefined;
    const requests = await list(transport, certificateRequestKind, namespace);
    const projected = requests.map((request) => projectCertificateRequest(request));
    const issued = findIssuedRequest(projected, certificate.metadata.uid ?? '');
    if (issued?.ca === undefined) return undefined;
    const certificates = readCertificates(issued.ca);
    const top = certificates?.find(isSelfSigned) ?? certificates?.at(-1);
    if (top === undefined) remarks.push(`status.ca of CertificateRequest ${issued.name} holds no certificate`);
    return top && { certificate: top, source: `told by its issuer in CertificateRequest ${namespace}/${issued.name}` };
  } catch (error) {
    if (classify(error) !== 'forbidden') throw error;
    remarks.push(`cert-manager could not be asked, so what is served is looked at: ${describe(error)}`);
    return undefined;
  }
}

type Outcome = ({ readonly isFound: true } & Found) | { readonly isFound: false; readonly because: string };

/** The topmost certificate that is served at the route's published address. */
async function findServed(route: WssRoute): Promise<Outcome> {
  const target = chooseTarget(route);
  if (target === undefined) {
    const because =
      'its issuer has told no authority, and it has no address yet at which its certificate could be seen';
    return fail(`${because}: see \`kubectl describe wssroute ${route.metadata.name}\``);
  }
  const { host, port, connect } = target;
  const where = `${connect.address}:${port} for ${host}`;
  const flaw = findFlaw(target);
  if (flaw !== undefined) return fail(`the route cannot be asked for its certificate: ${flaw}`);
  const outcome = await readServedChain(target, handshakeMs);
  if (outcome.failure !== undefined)
    return fail(`its certificate cannot be seen at ${where}: ${outcome.failure.found}`);
  const { certificates, isPubliclyTrusted } = outcome.value;
  const [own] = certificates;
  if ((isIP(host) === 0 ? own.checkHost(host) : own.checkIP(host)) === undefined) {
    const names = toOneLine(own.subjectAltName ?? own.subject ?? 'no name at all').slice(0, 200);
    return fail(
      `what is served at ${where} is not the route's certificate, but one for ${names}: see CertificateReady of the route`,
    );
  }
  const top = certificates.at(-1) ?? own;
  if (top === own && !isPubliclyTrusted && !isSelfSigned(own)) {
    const issuer = toOneLine(own.issuer.replaceAll('\n', ', ')).slice(0, 200);
    return fail(
      `at ${where} the server shows its own certificate only, not the one of its issuer (${issuer}): ask for that one, and put it into tls.crt behind the first`,
    );
  }
  return { isFound: true, ...leadToRoot(certificates, `served at ${where}`) };
}

/** As a client would ask: by a name of the route where it has one. Any name does for a wildcard. */
function chooseTarget({ spec, status }: WssRoute): Target | undefined {
  const [address] = status?.addresses ?? [];
  if (address === undefined) return undefined;
  const { port } = verificationOf(spec);
  const host = listHandshakes(spec)[0]?.host ?? spec.hosts?.[0]?.replace('*', 'any') ?? address;
  return { host, port, path: '/', connect: { address, port } };
}

function fail(because: string): Outcome {
  return { isFound: false, because };
}
