/** Labels that Prometheus adds to what it scrapes from a ServiceMonitor or PodMonitor. */
export const targetLabels = ['namespace', 'job', 'instance', 'pod', 'container', 'service', 'endpoint'] as const;
