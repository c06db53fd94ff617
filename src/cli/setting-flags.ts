import { Option } from 'commander';
import type { Problem } from '../api/problem.ts';

/** A flag of `run` that says the same as a field of the configuration file. */
export interface SettingFlag {
  /** As commander reads it: `--workers <count>`. */
  readonly syntax: string;
  /** Path of the field: `log.level`. */
  readonly field: string;
  readonly description: string;
  readonly read?: (text: string, before: unknown) => unknown;
}

/** Every flag that is a setting. What they are given is judged with the file, by the same schema. */
export const settingFlags: readonly SettingFlag[] = [
  {
    syntax: '-n, --namespace <names>',
    field: 'namespaces',
    description: 'namespaces to watch, separated by commas; may be repeated (default: all)',
    read: (text, before) => [...((before as readonly string[] | undefined) ?? []), ...text.split(',')],
  },
  {
    syntax: '--workers <count>',
    field: 'workers',
    description: 'routes that are reconciled at once (default: 16)',
    read: toNumber,
  },
  {
    syntax: '--log-level <level>',
    field: 'log.level',
    description: 'least level to log: debug, info, warn or error (default: info)',
  },
  {
    syntax: '--metrics-address <address>',
    field: 'metrics.address',
    description: 'where /metrics is served; 0 turns it off (default: :8080)',
  },
  { syntax: '--metrics-per-route', field: 'metrics.perRoute', description: 'series for each route' },
  { syntax: '--no-metrics-per-route', field: 'metrics.perRoute', description: 'no series for each route (default)' },
  {
    syntax: '--health-address <address>',
    field: 'health.address',
    description: 'where /healthz and /readyz are served; 0 turns it off (default: :8081)',
  },
  {
    syntax: '--verification',
    field: 'verification.enabled',
    description: 'prove ready routes by handshakes (default)',
  },
  { syntax: '--no-verification', field: 'verification.enabled', description: 'make no handshakes' },
  {
    syntax: '--leader-elect',
    field: 'leaderElection.enabled',
    description: 'write only while holding the Lease (default)',
  },
  {
    syntax: '--no-leader-elect',
    field: 'leaderElection.enabled',
    description: 'do without a Lease; for one replica only',
  },
  {
    syntax: '--leader-elect-lease-duration <duration>',
    field: 'leaderElection.leaseDuration',
    description: 'how long others wait for a silent holder (default: 15s)',
  },
  {
    syntax: '--leader-elect-renew-deadline <duration>',
    field: 'leaderElection.renewDeadline',
    description: 'how long the holder tries to renew (default: 10s)',
  },
  {
    syntax: '--leader-elect-retry-period <duration>',
    field: 'leaderElection.retryPeriod',
    description: 'time between two tries (default: 2s)',
  },
  {
    syntax: '--leader-elect-resource-name <name>',
    field: 'leaderElection.name',
    description: 'name of the Lease (default: wss-operator)',
  },
  {
    syntax: '--leader-elect-resource-namespace <name>',
    field: 'leaderElection.namespace',
    description: "namespace of the Lease (default: the Pod's own)",
  },
];

/** What commander makes of the flags that were given, by the name that it derives: `--log-level` is `logLevel`. */
export type GivenFlags = Readonly<Record<string, unknown>>;

/** The option of the command line. It has no default: a flag that was not given says nothing. */
export function toOption({ syntax, description, read }: SettingFlag): Option {
  const option = new Option(syntax, description);
  return read === undefined ? option : option.argParser(read);
}

/** The configuration with what the flags say instead. */
export function overlayFlags(
  file: Readonly<Record<string, unknown>>,
  given: GivenFlags,
): Readonly<Record<string, unknown>> {
  const merged = structuredClone(file) as Record<string, unknown>;
  for (const [field, { value }] of listGiven(given)) {
    const steps = field.split('.');
    const last = steps.pop() ?? '';
    let node = merged;
    for (const step of steps) {
      node[step] = { ...(node[step] as object | undefined) };
      node = node[step] as Record<string, unknown>;
    }
    node[last] = value;
  }
  return merged;
}

/** The problem with the flag in place of the field, where a flag has said it. */
export function nameFlag(problem: Problem, given: GivenFlags): Problem {
  const field = problem.path.replace(/\[.*$/, '');
  const flag = listGiven(given).get(field)?.flag;
  return flag === undefined ? problem : { ...problem, path: flag };
}

function listGiven(given: GivenFlags): ReadonlyMap<string, { readonly flag: string; readonly value: unknown }> {
  const fields = new Map<string, { readonly flag: string; readonly value: unknown }>();
  for (const { syntax, field } of settingFlags) {
    const option = new Option(syntax);
    const value = given[option.attributeName()];
    const isOwn = typeof value !== 'boolean' || option.negate !== value;
    if (value !== undefined && isOwn) fields.set(field, { flag: option.long ?? syntax, value });
  }
  return fields;
}

/** What is no number stays as it is, so that it is shown in the message. */
function toNumber(text: string): unknown {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
