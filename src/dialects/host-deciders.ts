import { describeCertificate } from '../route/certificate.ts';
import { type Features, featureFields, type RoutePlan } from '../route/plan.ts';
import type { Decider, Loss, Support, Target } from './dialect.ts';

/** The name of a controller, and which Ingress decides there. */
interface Words {
  readonly name: string;
  readonly decides: string;
}

/** What a route loses of a feature that a host has as a whole, because others decide it for a host and do not want the same. */
export function judgeHostWide(
  feature: keyof Features,
  { hosts, features }: RoutePlan,
  target: Target,
  { name, decides }: Words,
): Support | undefined {
  const wanted = JSON.stringify(features[feature]);
  const lost = listDecided(hosts, target).filter(
    ({ decider }) => JSON.stringify(decider.features?.[feature]) !== wanted,
  );
  const [first] = lost;
  if (first === undefined) return undefined;
  const isLost = hosts.every(({ host }) => target.hosts?.get(host)?.leads === false) && lost.length === hosts.length;
  return {
    level: isLost ? 'unsupported' : 'approximate',
    because: `${name} takes it for a whole host from ${decides}, and at ${first.host} that is the one of ${describeWho(first.decider)}`,
    cure: `set ${featureFields[feature]} there as it is here, or use a host that no other route has`,
  };
}

/** Hosts whose clients are shown a certificate of another worth than that of the route. */
export function remarkCertificates(plan: RoutePlan, target: Target, { name, decides }: Words): readonly Loss[] {
  const own = describeCertificate(plan.route.metadata.namespace ?? '', plan);
  const others = listDecided(plan.hosts, target).filter(({ decider }) => decider.certificate !== own);
  return [...Map.groupBy(others, ({ decider }) => describeWho(decider))].map(([who, decided]) => ({
    field: 'spec.tls',
    level: 'approximate',
    because:
      `${name} takes the certificate of a host from ${decides}: clients of ${decided.map(({ host }) => host).join(', ')} are shown that of ` +
      `${who} (${decided[0]?.decider.certificate}), not that of the route (${own})`,
    cure: `${advise(decided[0]?.decider)}, or use a host that nobody else has`,
  }));
}

function advise(decider: Decider | undefined): string {
  if (decider?.kind === 'WssRoute') {
    return 'write the same spec.tls.issuerRef into both, or share one Certificate by spec.tls.certificateRef within a namespace';
  }
  return `name the Secret of that Ingress in spec.tls.secretName of a route in namespace ${decider?.namespace}`;
}

function listDecided(
  hosts: RoutePlan['hosts'],
  target: Target,
): readonly { readonly host: string; readonly decider: Decider }[] {
  return hosts.flatMap(({ host }) => {
    const decider = target.hosts?.get(host)?.decider;
    return decider === undefined ? [] : [{ host, decider }];
  });
}

function describeWho({ kind, namespace, name }: Decider): string {
  return `${kind} ${namespace}/${name}`;
}
