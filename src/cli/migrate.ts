import { wssRouteKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/objects.ts';
import { formatProblem } from '../api/problem.ts';
import { isRecord } from '../api/record.ts';
import { escapeUnseen } from '../api/text.ts';
import type { WssRoute } from '../api/wssroute.ts';
import { findDialect } from '../dialects/registry.ts';
import { pathOf } from '../kube/path.ts';
import { judgeTarget } from '../migrate/judge-target.ts';
import { type Migration, planMigration } from '../migrate/plan-migration.ts';
import { type Attachment, attachmentsOf, describeAttachment } from '../route/attachment.ts';
import { validateRoute } from '../route/validate.ts';
import { findMisshape } from './document-cluster.ts';
import { inputError, usageError } from './exit-codes.ts';
import { loadSettings } from './load-settings.ts';
import { describePlace, findController, readAround, type Surroundings } from './migration-places.ts';
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
  readonly config?: string;
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
  const loaded = await loadSettings(flags.config);
  if (!loaded.isValid) {
    for (const line of loaded.lines) process.stderr.write(`${line}\n`);
    return inputError;
  }
  const { classes } = loaded.settings.policy;
  if (flags.filename !== undefined) {
    const reading = await readRoute(flags.filename);
    if (typeof reading === 'string') return fail(reading);
    return present(reading.route, { objects: reading.objects, classes }, attachment, flags);
  }
  const name = readRouteName(text ?? '', flags.namespace);
  if (!name.isValid) return refuse(name.because);
  return await withCluster(flags, async (cluster) => {
    const path = pathOf(wssRouteKind, name.namespace ?? cluster.access.currentNamespace, name.name);
    const { body } = await cluster.transport.request<WssRoute>({ method: 'GET', path, signal: cluster.signal });
    const around = { objects: await readAround(cluster, body, attachment), classes };
    const isThere =
      attachment.kind === 'IngressClass'
        ? findController(attachment.name, around) !== undefined
        : describePlace(body, attachment, around, undefined).target.parent !== undefined;
    if (!isThere) return fail(`${describeAttachment(attachment)} is not in the cluster, or may not be read`);
    return present(body, around, attachment, flags);
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

interface RouteReading {
  readonly route: WssRoute;
  /** The other documents. */
  readonly objects: readonly KubeObject[];
}

/** The one WssRoute of a file, or what is wrong with it. */
async function readRoute(file: string): Promise<RouteReading | string> {
  const documents = await readFiles([file]);
  const [unreadable] = documents.filter((document) => !document.isReadable);
  if (unreadable !== undefined) return `${unreadable.place}: ${unreadable.because}`;
  const all = documents.flatMap((document) => (document.isReadable ? [document.object] : []));
  const routes = all.filter(({ kind }) => kind === wssRouteKind.kind);
  if (routes.length !== 1) return `${file}: must hold one WssRoute, and holds ${routes.length}`;
  const validation = validateRoute(routes[0]);
  if (!validation.isValid) return `${file}: ${validation.problems.map(formatProblem).join('; ')}`;
  const objects = all.filter((object): object is KubeObject => object !== routes[0] && isNamed(object));
  const misshapen = objects.flatMap((object) => findMisshape(object) ?? []);
  if (misshapen.length > 0) return `${file}: ${misshapen.map(formatProblem).join('; ')}`;
  return { route: validation.route, objects };
}

function isNamed(object: Readonly<Record<string, unknown>>): object is KubeObject {
  return isRecord(object.metadata) && typeof object.metadata.name === 'string' && typeof object.kind === 'string';
}

function present(
  route: WssRoute,
  around: Surroundings,
  attachment: Attachment,
  { to, config, output }: MigrateFlags,
): number {
  const wanted = to === 'gateway' ? undefined : controllers[to];
  if (attachment.kind === 'IngressClass') {
    const controller = findController(attachment.name, around);
    if (controller !== undefined && controller !== wanted) {
      return refuse(`--class ${attachment.name} belongs to ${controller}, and --to ${to} means ${wanted}`);
    }
  }
  const present = attachmentsOf(route).map((each) => describePlace(route, each, around, findOther(route, to)));
  const target = describePlace(route, attachment, around, wanted);
  const migration = planMigration(route, judgeTarget(route, present, target));
  // The version of a class's controller is in the configuration, and nowhere else.
  const isVersionAsked = attachment.kind === 'IngressClass' && config === undefined;
  const shown = output === 'json' ? JSON.stringify(migration, null, 2) : formatMigration(migration, isVersionAsked);
  process.stdout.write(`${shown}\n`);
  return explain(migration);
}

/** Controller of a class that nobody has told: what the status says, else the other one than where the route goes. */
function findOther({ status }: WssRoute, to: Destination): string {
  const places = status?.attachments ?? [{ ref: 'IngressClass/', dialect: status?.dialect }];
  const told = places.find(({ ref }) => ref.startsWith('IngressClass/'))?.dialect;
  const known = Object.values(controllers).find((controller) => findDialect(controller)?.name === told);
  return known ?? controllers[to === 'ingress-nginx' ? 'nginx.org' : 'ingress-nginx'];
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
