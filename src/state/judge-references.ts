import type { Reason } from '../api/conditions.ts';
import type { WssRouteService } from '../api/wssroute.generated.ts';
import type { Verdict } from './facts.ts';
import type { Observed } from './observed.ts';

/** Whether every Service and port that the route names is there. */
export function judgeReferences(observed: Observed): Verdict {
  const type = 'ResolvedRefs';
  if (!observed.knowsServices) return { type, status: 'Unknown', reason: 'Pending', message: 'Services are not known' };
  for (const { service } of observed.route.spec.paths) {
    const problem = judgeService(service, observed);
    if (problem !== undefined) return { type, status: 'False', ...problem };
  }
  return { type, status: 'True', reason: 'ResolvedRefs', message: 'every Service and port exists' };
}

function judgeService(
  { name, port }: WssRouteService,
  { services }: Observed,
): { reason: Reason; message: string } | undefined {
  const service = services.get(name);
  if (service === undefined) return { reason: 'ServiceNotFound', message: `Service "${name}" is not in the namespace` };
  if (service.isExternal || service.ports.some((each) => each.port === port || each.name === port)) return undefined;
  const present = service.ports
    .map((each) => (each.name === '' ? `${each.port}` : `${each.port} (${each.name})`))
    .join(', ');
  return {
    reason: 'ServicePortNotFound',
    message: `Service "${name}" has no port ${JSON.stringify(port)}; it has ${present || 'none'}`,
  };
}
