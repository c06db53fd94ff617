import { wssRouteKind } from '../api/kinds.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { classify } from '../kube/errors.ts';
import { pathOf } from '../kube/path.ts';
import { list } from '../kube/watch.ts';
import { probe } from '../probe/probe.ts';
import type { Trust } from '../probe/trust.ts';
import { type AttachmentProof, findProofs, formatUrl, type Proof } from '../route/proof.ts';
import { inputError } from './exit-codes.ts';
import type { Manner } from './probe-order.ts';
import { createRoutesReport, type RouteName, type RouteReport } from './routes-report.ts';
import type { Cluster } from './with-cluster.ts';

interface Candidate extends RouteName {
  readonly proof: Proof;
}

export interface AllOrder extends Manner {
  readonly namespace?: string;
  readonly trust: Trust;
  readonly isJson: boolean;
}

/** Probes that are under way at once. */
const concurrency = 16;

/** How one route is proved, at each of its attachments. */
export async function findRoute(
  { access, transport, signal }: Cluster,
  { name, namespace = access.currentNamespace }: { readonly name: string; readonly namespace?: string },
): Promise<readonly AttachmentProof[]> {
  const path = pathOf(wssRouteKind, namespace, name);
  const { body } = await transport.request<WssRoute>({ method: 'GET', path, signal });
  return findProofs(body);
}

/** Probes all routes and prints a line for each, in the order of their names; at the end what to do about those that fail. */
export async function probeAll(cluster: Cluster, order: AllOrder): Promise<number> {
  const candidates = await listCandidates(cluster, order.namespace);
  const report = createRoutesReport(candidates, order.isJson, (text) => process.stdout.write(text));
  if (candidates.length === 0) {
    process.stderr.write(`warning: there is no WssRoute in ${order.namespace ?? 'the cluster'}\n`);
  }
  // Results wait until those before them are there.
  const waiting = new Map<number, RouteReport>();
  let next = 0;
  let printed = 0;
  const work = async () => {
    for (let index = next++; index < candidates.length; index = next++) {
      const candidate = candidates[index] as Candidate;
      waiting.set(index, await probeCandidate(candidate, cluster.signal, order));
      for (let done = waiting.get(printed); done !== undefined; done = waiting.get(printed)) {
        waiting.delete(printed);
        printed += 1;
        report.add(done);
      }
    }
  };
  const endings = await Promise.allSettled(Array.from({ length: concurrency }, work));
  // A signal has ended those in between.
  for (const [, done] of [...waiting].sort(([one], [other]) => one - other)) report.add(done);
  report.end();
  for (const ending of endings) if (ending.status === 'rejected') throw ending.reason;
  return report.areAllReachable() ? 0 : inputError;
}

async function probeCandidate(
  { proof: { target, because }, ...route }: Candidate,
  signal: AbortSignal,
  { trust, deadlines }: AllOrder,
): Promise<RouteReport> {
  const notProbed = (message: string) => ({ ...route, isReachable: false, reason: 'NotProbed', message }) as const;
  if (target === undefined) return notProbed(because);
  try {
    return { ...route, ...(await probe(target, { trust, deadlines, signal, now: new Date() })) };
  } catch (error) {
    // What this machine lacks for one route says nothing about the others.
    if (signal.aborted) throw error;
    return notProbed((error as Error).message);
  }
}

/** Only what is needed of each route is kept. */
async function listCandidates(cluster: Cluster, namespace: string | undefined): Promise<readonly Candidate[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listOnce(cluster, namespace);
    } catch (error) {
      // The pages that were begun are too old by now.
      if (classify(error) !== 'expired' || attempt === 3) throw error;
    }
  }
}

async function listOnce({ transport, signal }: Cluster, namespace: string | undefined): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  const selection = { kind: wssRouteKind, isMetadataOnly: false, ...(namespace !== undefined && { namespace }) };
  await list(transport, selection, { signal }, (object) => {
    const { metadata, status } = object as WssRoute;
    const { namespace = '', name } = metadata;
    for (const { ref: attachment, ...proof } of findProofs(object as WssRoute)) {
      const url = proof.target === undefined ? (status?.urls?.[0] ?? '-') : formatUrl(proof.target);
      candidates.push({ namespace, name, attachment, url, proof });
    }
  });
  return candidates.sort(
    (a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name) || compare(a.attachment, b.attachment),
  );
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
