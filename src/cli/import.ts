import { ingressClassKind, ingressKind, type Kind } from '../api/kinds.ts';
import { formatKey, type KubeObject } from '../api/objects.ts';
import { quoteValue } from '../api/problem.ts';
import { escapeUnseen } from '../api/text.ts';
import { type Found, type Import, importIngresses } from '../import/import-ingresses.ts';
import { classify } from '../kube/errors.ts';
import { list } from '../kube/watch.ts';
import type { Document } from './documents.ts';
import { inputError, usageError } from './exit-codes.ts';
import { readFiles } from './read-files.ts';
import { formatObjects } from './render.ts';
import { type Cluster, withCluster } from './with-cluster.ts';

/** The flags of `wss import`, as commander reads them. */
export interface ImportFlags {
  readonly filename?: readonly string[];
  readonly all?: boolean;
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly controller?: string;
  readonly output: 'yaml' | 'json';
}

/** `wss import`: WssRoutes that do what Ingresses do. Returns the exit code: 1 when something is left over, or cannot be read. */
export async function importCommand(flags: ImportFlags): Promise<number> {
  const { filename, all, controller, output } = flags;
  if ((filename === undefined) === (all !== true)) return refuse('name the Ingresses: either -f FILE or --all');
  if (all === true) {
    return await withCluster(flags, async (cluster) => {
      const found = await listIngresses(cluster, flags.namespace);
      return present([], importIngresses(found, controller), output);
    });
  }
  const stray = (['namespace', 'kubeconfig', 'context'] as const).find((name) => flags[name] !== undefined);
  if (stray !== undefined) return refuse(`--${stray} goes with --all only: files say of themselves where they belong`);
  const documents = await readFiles(filename ?? []);
  return present(listUnreadable(documents), importIngresses(documents.flatMap(toFound), controller), output);
}

/** A document with a kind and a name; others are unreadable. */
function toFound(document: Document): readonly Found[] {
  if (!document.isReadable) return [];
  const { object, place } = document;
  return hasName(object) ? [{ place, object }] : [];
}

function listUnreadable(documents: readonly Document[]): readonly string[] {
  return documents.flatMap((document) => {
    if (!document.isReadable) return [`${document.place}: document: ${document.because}`];
    return hasName(document.object)
      ? []
      : [`${document.place}: document: must have apiVersion, kind and metadata.name`];
  });
}

function hasName(object: Readonly<Record<string, unknown>>): object is KubeObject {
  const metadata = object.metadata as { readonly name?: unknown; readonly namespace?: unknown } | undefined;
  const isNamespaceSound = metadata?.namespace === undefined || typeof metadata.namespace === 'string';
  return typeof object.kind === 'string' && typeof metadata?.name === 'string' && isNamespaceSound;
}

/** The Ingresses of the cluster, by age and name, and its IngressClasses, where they may be read. */
async function listIngresses(cluster: Cluster, namespace: string | undefined): Promise<readonly Found[]> {
  const ingresses = await listObjects(cluster, ingressKind, namespace);
  const classes = await listObjects(cluster, ingressClassKind).catch((error) => {
    if (classify(error) !== 'forbidden') throw error;
    process.stderr.write('warning: IngressClasses may not be read, so annotations tell whose an Ingress is\n');
    return [];
  });
  const sorted = ingresses.sort((left, right) => (formatKey(left.metadata) < formatKey(right.metadata) ? -1 : 1));
  return [...classes, ...sorted].map((object) => ({ place: 'cluster', object }));
}

async function listObjects({ transport, signal }: Cluster, kind: Kind, namespace?: string): Promise<KubeObject[]> {
  const objects: KubeObject[] = [];
  const selection = { kind, isMetadataOnly: false, ...(namespace !== undefined && { namespace }) };
  await list(transport, selection, { signal }, (object) => objects.push(object));
  return objects;
}

/** Manifests go to standard output, words to standard error. */
function present(unreadable: readonly string[], result: Import, output: ImportFlags['output']): number {
  if (result.routes.length > 0 || output === 'json') process.stdout.write(formatObjects(result.routes, output));
  const lines = [...unreadable.map((line) => `error: ${line}`), ...listImportRemarks(result)];
  for (const line of lines) process.stderr.write(`${escapeUnseen(line)}\n`);
  const isAllCarried = result.decisions.every(({ fate }) => fate.outcome !== 'leftover');
  return unreadable.length === 0 && isAllCarried ? 0 : inputError;
}

/** What is left over, what is dropped, and what is worth knowing, a line each; at the end the sum. */
export function listImportRemarks({ routes, decisions, notes, count }: Import): readonly string[] {
  const lines = [
    ...decisions.flatMap(({ place, ingress, source, value, fate }) => {
      if (fate.outcome === 'carried') return [];
      const where = describePlace(place, ingress, source);
      const found = value === undefined ? '' : `found ${quoteValue(value)}; `;
      if (fate.outcome === 'dropped') return [{ ingress, line: `dropped: ${where}: ${found}${fate.because}` }];
      return [{ ingress, line: `leftover: ${where}: ${found}${fate.because}; to do: ${fate.cure}` }];
    }),
    ...notes.map(({ place, ingress, source, text }) => ({
      ingress,
      line: `note: ${describePlace(place, ingress, source)}: ${text}`,
    })),
  ];
  if (count === 0 && lines.length === 0) return ['warning: there is no Ingress to import'];
  // One Ingress after the other, in the order in which they came.
  const order = [...new Set([...decisions, ...notes].map(({ ingress }) => ingress))];
  const sorted = order.flatMap((ingress) => lines.filter((each) => each.ingress === ingress).map(({ line }) => line));
  const sum = (outcome: string) => decisions.filter(({ fate }) => fate.outcome === outcome).length;
  const counts = `${sum('carried')} carried over, ${sum('dropped')} dropped, ${sum('leftover')} left over`;
  return [
    ...sorted,
    `${count} ${count === 1 ? 'Ingress' : 'Ingresses'}, ${routes.length} ${routes.length === 1 ? 'route' : 'routes'}: ${counts}`,
  ];
}

function describePlace(place: string, ingress: string, source: string): string {
  const [namespace, name] = ingress.split('/');
  const object = `Ingress ${namespace === '' ? name : ingress}`;
  return [place, object, source].filter((part) => part !== '').join(': ');
}

function refuse(because: string): number {
  process.stderr.write(`error: ${because}\n`);
  return usageError;
}
