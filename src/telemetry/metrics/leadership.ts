import { Gauge, type Registry } from 'prom-client';

/** As in client-go (tools/leaderelection) and controller-runtime (pkg/metrics/leaderelection.go): 1 while this process leads. */
export function registerLeadership(registry: Registry): (name: string, isLeader: boolean) => void {
  const status = new Gauge({
    name: 'leader_election_master_status',
    help: "Gauge of if the reporting system is master of the relevant lease, 0 indicates backup, 1 indicates master. 'name' is the string used to identify the lease. Please make sure to group by name.",
    labelNames: ['name'],
    registers: [registry],
  });
  return (name, isLeader) => status.set({ name }, isLeader ? 1 : 0);
}
