import { Counter, type Registry } from 'prom-client';

export interface ApiTrafficMetrics {
  /** `code` is the HTTP status, or `<error>` when there was no answer, as in client-go. */
  countRequest(request: { readonly verb: string; readonly code: string; readonly host: string }): void;
  countWrite(kind: string, reason: 'created' | 'configured' | 'deleted' | 'status'): void;
  countReflectorRestart(kind: string, cause: string): void;
}

/** What goes between the operator and the API server. */
export function registerApiTraffic(registry: Registry): ApiTrafficMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Number of HTTP requests, partitioned by status code, method, and host.',
    labelNames: ['code', 'method', 'host'],
    registers,
  });
  const writes = new Counter({
    name: 'wss_writes_total',
    help: 'Number of objects written, by kind and by what the write did',
    labelNames: ['kind', 'reason'],
    registers,
  });
  const restarts = new Counter({
    name: 'wss_reflector_restarts_total',
    help: 'Number of times a watch had to begin again, by the class of what ended it',
    labelNames: ['kind', 'cause'],
    registers,
  });
  return {
    countRequest: ({ code, verb, host }) => requests.inc({ code, method: verb, host }),
    countWrite: (kind, reason) => writes.inc({ kind, reason }),
    countReflectorRestart: (kind, cause) => restarts.inc({ kind, cause }),
  };
}
