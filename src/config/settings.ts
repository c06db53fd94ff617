import { parseSeconds } from '../route/duration.ts';
import type { ClassPolicy, Limit, Policy } from '../route/policy.ts';
import { parseVersion } from '../route/version.ts';
import type { Configuration } from './schema.ts';

/** What one run goes by: file, command line and defaults as one, in the units of the program. */
export interface Settings {
  /** Namespaces that are watched; empty: all. */
  readonly namespaces: readonly string[];
  readonly workers: number;
  readonly logLevel: Configuration['log']['level'];
  readonly metrics: Configuration['metrics'];
  readonly health: Configuration['health'];
  readonly leaderElection: LeaderElectionSettings;
  readonly verification: VerificationSettings;
  readonly policy: Policy;
}

export interface VerificationSettings {
  readonly enabled: boolean;
  readonly concurrency: number;
  readonly perSecond: number;
  readonly minIntervalMs: number;
}

export interface LeaderElectionSettings {
  readonly enabled: boolean;
  readonly name: string;
  /** Empty: the Pod's own, or that of the kubeconfig's context. */
  readonly namespace: string;
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}

/** Turns a valid configuration into settings. */
export function resolveSettings(configuration: Configuration): Settings {
  const { namespaces, workers, log, metrics, health, leaderElection, verification } = configuration;
  const { minInterval, ...proof } = verification;
  const { leaseDuration, renewDeadline, retryPeriod, ...lease } = leaderElection;
  return {
    namespaces: [...namespaces].sort(),
    workers,
    logLevel: log.level,
    metrics,
    health,
    leaderElection: {
      ...lease,
      leaseDurationMs: parseSeconds(leaseDuration) * 1000,
      renewDeadlineMs: parseSeconds(renewDeadline) * 1000,
      retryPeriodMs: parseSeconds(retryPeriod) * 1000,
    },
    verification: { ...proof, minIntervalMs: parseSeconds(minInterval) * 1000 },
    policy: resolvePolicy(configuration),
  };
}

function resolvePolicy({ namespaces, ingressClasses, gatewayAPI, issuers, limits }: Configuration): Policy {
  return {
    classes: new Map(ingressClasses.map((entry) => [entry.name, resolveClass(entry)])),
    servesGateways: gatewayAPI.enabled ?? (namespaces.length === 0 && ingressClasses.length === 0),
    ...(issuers.default !== undefined && { defaultIssuer: issuers.default }),
    allowedIssuers: issuers.allowed,
    ...(limits.idleTimeout !== undefined && { idleTimeout: toLimit(limits.idleTimeout) }),
    ...(limits.connectTimeout !== undefined && { connectTimeout: toLimit(limits.connectTimeout) }),
  };
}

function resolveClass({ controller, version }: Configuration['ingressClasses'][number]): ClassPolicy {
  return {
    ...(controller !== undefined && { controller }),
    ...(version !== undefined && { version: parseVersion(version) }),
  };
}

function toLimit(text: string): Limit {
  return { seconds: parseSeconds(text), text };
}
