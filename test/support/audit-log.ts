import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { ApiObject } from './admin-client.ts';

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
  /** What was sent; only of statuses of routes. */
  readonly body: ApiObject | undefined;
}

/** A request and what the API server's authorizer said to it. */
export interface Authorization {
  readonly isAllowed: boolean;
  /** Server-side apply has made the object, for which `create` is asked for besides `patch`. */
  readonly hasCreated: boolean;
  /** Names the binding and the role that allowed it. */
  readonly reason: string;
  readonly verb: string;
  readonly group: string;
  /** With its subresource, after a slash; the path where a request is about no resource. */
  readonly resource: string;
  readonly namespace: string;
  readonly user: string;
  readonly userAgent: string;
  /** When the API server received it, RFC 3339 with microseconds. */
  readonly time: string;
}

/** A position in the log: what came before it is left out. */
export type AuditMark = number;

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: Readonly<Record<'apiGroup' | 'resource' | 'subresource' | 'namespace' | 'name', string>>;
  readonly responseStatus?: { readonly code: number; readonly message?: string };
  readonly requestReceivedTimestamp: string;
  readonly requestObject?: ApiObject;
  readonly annotations?: Readonly<Record<string, string>>;
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

  /** Every write, every look at a Secret, and every read by those who are no administrators. A watch that goes on is not there yet. */
  requests(filter: { readonly since?: AuditMark; readonly user?: string } = {}): readonly AuditedRequest[] {
    const events = this.#events(filter.since ?? 0)
      .filter((event) => event.stage === 'ResponseComplete')
      .map(toRequest);
    return filter.user === undefined ? events : events.filter((event) => event.user === filter.user);
  }

  /** What was allowed and refused so far, watches that go on included; reads of administrators are not logged. */
  authorizations(): readonly Authorization[] {
    return this.#events(0).map(toAuthorization);
  }

  #events(from: AuditMark): readonly AuditEvent[] {
    const lines = this.#read(from).split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as AuditEvent);
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
    body: event.requestObject,
  };
}

function toAuthorization(event: AuditEvent): Authorization {
  const { objectRef, responseStatus, annotations = {} } = event;
  // The second question of a server-side apply leaves no trace but this one.
  const isRefusedLater = / cannot create resource /.test(responseStatus?.message ?? '') && responseStatus?.code === 403;
  const subresource = objectRef?.subresource === undefined ? '' : `/${objectRef.subresource}`;
  return {
    isAllowed: annotations['authorization.k8s.io/decision'] !== 'forbid' && !isRefusedLater,
    hasCreated: event.verb === 'patch' && responseStatus?.code === 201,
    reason: annotations['authorization.k8s.io/reason'] ?? '',
    verb: event.verb,
    group: objectRef?.apiGroup ?? '',
    resource: objectRef === undefined ? event.requestURI : `${objectRef.resource}${subresource}`,
    namespace: objectRef?.namespace ?? '',
    user: event.user.username,
    userAgent: event.userAgent ?? '',
    time: event.requestReceivedTimestamp,
  };
}
