import { wssRouteKind } from '../api/kinds.ts';
import { formatProblem } from '../api/problem.ts';
import { escapeUnseen } from '../api/text.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { findDialect, findParentDialect } from '../dialects/registry.ts';
import { pathOf } from '../kube/path.ts';
import { judgeTarget, type Spoken } from '../migrate/judge-target.ts';
import { type Migration, planMigration } from '../migrate/plan-migration.ts';
import { type Attachment, attachmentsOf } from '../route/attachment.ts';
import { validateRoute } from '../route/validate.ts';
import { inputError, usageError } from './exit-codes.ts';
import { formatMigration } from './migration-report.ts';
import { readFiles } from './read-files.ts';
import { readRouteName } from './route-name.ts';
import { withCluster } from './with-cluster.ts';

/** The flags of `wss migrate`, as commander reads them. */
export interface MigrateFlags {
  readonly filename?: string;
  readonly to: Destination;
  readonly parent?: string;
  readonly class?: string;
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly output: 'text' | 'json';
}

export type Destination = 'gateway' | 'nginx.org' | 'ingress-nginx';

const controllers = { 'ingress-nginx': 'k8s.io/ingress-nginx', 'nginx.org': 'nginx.org/ingress-controller' } as const;

/** `wss migrate`: how a route gets to another class or a Gateway. It changes nothing. Returns the exit code: 1 when it cannot get there. */
export async function migrate(text: string | undefined, flags: MigrateFlags): Promise<number> {
  if ((text === undefined) === (flags.filename === undefined)) return refuse('name the route: either ROUTE or -f FILE');
  const attachment = readAttachment(flags);
  if (typeof attachment === 'string') return refuse(attachment);
  if (flags.filename !== undefined) {
    const route = await readRoute(flags.filename);
    return typeof route === 'string' ? fail(route) : present(route, attachment, flags);
  }
  const name = readRouteName(text ?? '', flags.namespace);
  if (!name.isValid) return refuse(name.because);
  return await withCluster(flags, async ({ access, transport, signal }) => {
    const path = pathOf(wssRouteKind, name.namespace ?? access.currentNamespace, name.name);
    const { body } = await transport.request<WssRoute>({ method: 'GET', path, signal });
    return present(body, attachment, flags);
  });
}

/** Where the route is to go, or what is wrong with the flags that say so. */
function readAttachment({ to, parent, class: className }: MigrateFlags): Attachment | string {
  if (to === 'gateway') {
    if (parent === undefined || className !== undefined)
      return '--to gateway needs --parent NAMESPACE/NAME, and no --class';
    const [namespace = '', name = '', ...rest] = parent.split('/');
    const isSound =
      rest.length === 0 && [namespace, name].every((part) => /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(part));
    if (!isSound) return `--parent "${parent}" must be namespace/name of a Gateway`;
    return { kind: 'Gateway', namespace, name, createsListener: false };
  }
  if (className === undefined || parent !== undefined) return `--to ${to} needs --class NAME, and no --parent`;
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(className))
    return `--class "${className}" must be the name of an IngressClass`;
  return { kind: 'IngressClass', name: className };
}

/** The one WssRoute of a file, or what is wrong with it. */
async function readRoute(file: string): Promise<WssRoute | string> {
  const documents = await readFiles([file]);
  const [unreadable] = documents.filter((document) => !document.isReadable);
  if (unreadable !== undefined) return `${unreadable.place}: ${unreadable.because}`;
  const objects = documents.flatMap((document) => (document.isReadable ? [document.object] : []));
  const [route, ...others] = objects.filter(({ kind }) => kind === wssRouteKind.kind);
  if (route === undefined || others.length > 0)
    return `${file}: must hold one WssRoute, and holds ${others.length + (route ? 1 : 0)}`;
  const validation = validateRoute(route);
  return validation.isValid ? validation.route : `${file}: ${validation.problems.map(formatProblem).join('; ')}`;
}

function present(route: WssRoute, attachment: Attachment, { to, output }: MigrateFlags): number {
  const target = {
    attachment,
    dialect: to === 'gateway' ? findParentDialect(attachment) : findDialect(controllers[to]),
  };
  const verdict = judgeTarget(route, listPresent(route, to), target);
  const migration = planMigration(route, attachment, verdict);
  process.stdout.write(output === 'json' ? `${JSON.stringify(migration, null, 2)}\n` : formatMigration(migration));
  return explain(migration);
}

/**
 * Where the route is now. No IngressClass is read, so a class is taken for one of the other controller: what is lost before as well is
 * only marked so.
 */
function listPresent(route: WssRoute, to: Destination): readonly Spoken[] {
  const other = to === 'ingress-nginx' ? 'nginx.org' : 'ingress-nginx';
  return attachmentsOf(route).map((attachment) => ({
    attachment,
    dialect: attachment.kind === 'IngressClass' ? findSpoken(route, controllers[other]) : findParentDialect(attachment),
  }));
}

/** The status tells the dialect of the class, where there is one. */
function findSpoken({ status }: WssRoute, otherwise: string): Spoken['dialect'] {
  const told = status?.attachments?.find(({ ref }) => ref.startsWith('IngressClass/'))?.dialect;
  const known = Object.values(controllers).map((controller) => findDialect(controller));
  return known.find((dialect) => dialect?.name === told) ?? findDialect(otherwise);
}

function explain({ obstacle }: Migration): number {
  if (obstacle === undefined) return 0;
  process.stderr.write(`error: ${escapeUnseen(obstacle)}\n`);
  return inputError;
}

function refuse(because: string): number {
  process.stderr.write(`error: ${escapeUnseen(because)}\n`);
  return usageError;
}

function fail(because: string): number {
  process.stderr.write(`error: ${escapeUnseen(because)}\n`);
  return inputError;
}
