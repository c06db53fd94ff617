import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

const WRITES: readonly string[] = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** A write that the API server has answered. */
export interface AuditedWrite extends AuditedRequest {
  readonly verb: 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
}

/** A request that the API server has answered. */
export interface AuditedRequest {
  readonly verb: string;
  readonly user: string;
  readonly userAgent: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  /** When the API server received it, RFC 3339 with microseconds. */
  readonly time: string;
}

/** A position in the log: what came before it is left out. */
export type AuditMark = number;

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: Readonly<Record<'apiGroup' | 'resource' | 'subresource' | 'namespace' | 'name', string>>;
  readonly responseStatus?: { readonly code: number };
  readonly requestReceivedTimestamp: string;
}

/**
 * What the API server's audit log says about writes.
 *
 * The log is written in blocking mode; still, the API server may answer a moment before the line is there. To count
 * somebody else's writes, wait for what they lead to first.
 */
export class AuditLog {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** The end of the log as it is now. */
  mark(): AuditMark {
    return statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** All writes since the mark, oldest first; leases of the control plane are not logged. Dry runs count as writes. */
  writes(filter: { readonly since?: AuditMark; readonly user?: string } = {}): readonly AuditedWrite[] {
    return this.requests(filter).filter(isWrite);
  }

  /** Every write, and every look at a Secret: other reads are not logged. A watch that goes on is not there yet. */
  requests(filter: { readonly since?: AuditMark; readonly user?: string } = {}): readonly AuditedRequest[] {
    const events = this.#read(filter.since ?? 0)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AuditEvent)
      .filter((event) => event.stage === 'ResponseComplete')
      .map(toRequest);
    return filter.user === undefined ? events : events.filter((event) => event.user === filter.user);
  }

  #read(from: number): string {
    if (this.mark() <= from) return '';
    const file = openSync(this.#file, 'r');
    try {
      const buffer = Buffer.alloc(fstatSync(file).size - from);
      const length = readSync(file, buffer, 0, buffer.length, from);
      // The last line may be half written.
      return buffer.toString('utf8', 0, buffer.lastIndexOf('\n', length - 1) + 1);
    } finally {
      closeSync(file);
    }
  }
}

function isWrite(request: AuditedRequest): request is AuditedWrite {
  return WRITES.includes(request.verb);
}

function toRequest(event: AuditEvent): AuditedRequest {
  const { objectRef } = event;
  return {
    verb: event.verb,
    user: event.user.username,
    userAgent: event.userAgent ?? '',
    group: objectRef?.apiGroup ?? '',
    resource: objectRef?.resource ?? '',
    subresource: objectRef?.subresource ?? '',
    namespace: objectRef?.namespace ?? '',
    name: objectRef?.name ?? '',
    code: event.responseStatus?.code ?? 0,
    time: event.requestReceivedTimestamp,
  };
}
