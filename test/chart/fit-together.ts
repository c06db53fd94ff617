import type { ApiObject } from '../support/admin-client.ts';
import type { ChartValues } from './render.ts';

const seconds = (text: string) => Math.max(Number.parseInt(text, 10), 1);

/**
 * Changes values that are right each by itself until they are right together: what one value asks of another one is said by
 * `fail` messages of the chart, which the corpus of invalid values tries one by one.
 */
export function fitTogether(drawn: ChartValues): ChartValues {
  const values: ApiObject = structuredClone(drawn);
  for (const part of ['config', 'podDisruptionBudget', 'serviceAccount', 'metrics', 'admissionPolicy'])
    values[part] ??= {};
  for (const fit of [fitElection, fitPolicy, fitScope, fitProbes, fitPods, fitMonitoring]) fit(values);
  return values;
}

/** The lease outlives the renewal, the renewal several tries; without election one replica at most, which is never there twice. */
function fitElection(values: ApiObject): void {
  const election = values.config.leaderElection;
  if (election === undefined) return;
  const retry = Math.min(seconds(election.retryPeriod ?? '2s'), 600);
  const renew = Math.min(Math.max(seconds(election.renewDeadline ?? '10s'), 2 * retry), 7200);
  const lease = Math.min(Math.max(seconds(election.leaseDuration ?? '15s'), renew + 1), 86_400);
  Object.assign(election, { retryPeriod: `${retry}s`, renewDeadline: `${renew}s`, leaseDuration: `${lease}s` });
  if (election.enabled !== false) return;
  values.replicaCount = Math.min(values.replicaCount ?? 1, 1);
  values.strategy = { type: 'Recreate', rollingUpdate: null };
}

/** Limits and intervals within those of WssRoutes, a default issuer that is allowed, kinds of cert-manager in its group. */
function fitPolicy({ config }: ApiObject): void {
  if (config.verification?.minInterval !== undefined) config.verification.minInterval = '30s';
  if (config.limits?.idleTimeout !== undefined) config.limits.idleTimeout = '24h';
  if (config.limits?.connectTimeout !== undefined) config.limits.connectTimeout = '1m';
  const { default: standard, allowed = [] } = config.issuers ?? {};
  for (const issuer of [...allowed, ...(standard === undefined ? [] : [standard])]) {
    if ((issuer.group ?? 'cert-manager.io') === 'cert-manager.io')
      issuer.kind = issuer.name.length % 2 ? 'Issuer' : 'ClusterIssuer';
  }
  if (standard !== undefined && allowed.length > 0) allowed.push({ ...standard });
}

/** Every class once; with controllers where Roles leave IngressClass objects unread. An account that is used is named, a Service begins with a letter. */
function fitScope(values: ApiObject): void {
  const names = new Set<string>();
  const isScoped = (values.watchNamespaces ?? []).length > 0;
  const classes = (values.config.ingressClasses ?? []).filter(
    ({ name }: ApiObject) => !names.has(name) && names.add(name),
  );
  if (isScoped && classes.length === 0) classes.push({ name: 'nginx' });
  for (const each of isScoped ? classes : []) each.controller = 'k8s.io/ingress-nginx';
  values.config.ingressClasses = classes;
  if (/^[0-9]/.test(values.fullnameOverride ?? ''))
    values.fullnameOverride = `w${values.fullnameOverride}`.slice(0, 52);
  if (values.serviceAccount.create === false) values.serviceAccount.name ||= 'publisher';
  const actions: readonly string[] = values.admissionPolicy.validationActions ?? ['Deny'];
  if (actions.includes('Deny'))
    values.admissionPolicy.validationActions = actions.filter((action) => action !== 'Warn');
}

/** Two servers, two ports; nobody asks where nobody answers. */
function fitProbes(values: ApiObject): void {
  const { metrics = {}, health = {} } = values.config;
  const port = (address: string) => address.split(':').at(-1);
  const metricsPort = port(metrics.address ?? ':8080');
  if (metricsPort !== '0' && metricsPort === port(health.address ?? ':8081')) {
    values.config.health = { address: metricsPort === '8081' ? ':8082' : ':8081' };
  }
  if (health.address !== '0') return;
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'])
    values[probe] = { ...values[probe], enabled: false };
}

/** A node can be drained; a mount has its volume; names of objects do not repeat. */
function fitPods(values: ApiObject): void {
  const budget = values.podDisruptionBudget;
  if (['0', '0%'].includes(String(budget.maxUnavailable))) budget.maxUnavailable = 1;
  if (budget.minAvailable !== undefined) budget.minAvailable = '50%';
  const volumes = distinct(values.extraVolumes ?? [], ({ name }) => name);
  const mounts = distinct(values.extraVolumeMounts ?? [], ({ mountPath }) => mountPath).slice(0, volumes.length);
  values.extraVolumes = volumes;
  values.extraVolumeMounts = mounts.map((mount, index) => ({ ...mount, name: volumes[index]?.name }));
  if (values.image?.pullSecrets !== undefined)
    values.image.pullSecrets = distinct(values.image.pullSecrets, ({ name }) => name);
  values.extraEnv = distinct(values.extraEnv ?? [], ({ name }) => name);
  values.tolerations = distinct(values.tolerations ?? [], (toleration) => JSON.stringify(toleration));
  values.topologySpreadConstraints = distinct(values.topologySpreadConstraints ?? [], ({ topologyKey }) => topologyKey);
  values.extraObjects = distinct(values.extraObjects ?? [], (object) => JSON.stringify(object));
}

/** There is something to scrape, and it is scraped once, in time. */
function fitMonitoring(values: ApiObject): void {
  const { serviceMonitor, podMonitor, service } = values.metrics;
  for (const monitor of [serviceMonitor, podMonitor]) {
    if (monitor === undefined) continue;
    if (values.config.metrics?.address === '0') monitor.enabled = false;
    Object.assign(monitor, { interval: '30s', scrapeTimeout: '10s' });
  }
  if (serviceMonitor?.enabled !== true) return;
  if (service?.enabled === false) service.enabled = true;
  if (podMonitor?.enabled === true) podMonitor.enabled = false;
}

function distinct(items: readonly ApiObject[], keyOf: (item: ApiObject) => string): ApiObject[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
