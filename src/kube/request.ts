import type { Answer } from './exchange.ts';
import type { Query } from './path.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface CountedRequest {
  readonly verb: string;
  readonly code: string;
  readonly host: string;
  readonly seconds: number;
}

export interface RequestOptions {
  readonly method: Method;
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  /** Of the body; `application/json` when not given. */
  readonly contentType?: string;
  readonly accept?: string;
  /** The longest silence of the API server, in milliseconds (30 s). */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /**
   * Takes the connection of the watches: long answers, so that they do not hold up writes, and what has to leave when writes
   * may not, the Lease.
   */
  readonly isBesideWrites?: boolean;
}

export interface StreamOptions {
  readonly path: string;
  readonly query?: Query;
  readonly accept?: string;
  /** The longest silence within the stream, in milliseconds. */
  readonly inactivityMs: number;
  readonly signal?: AbortSignal;
  /** The API server has accepted; lines may take their time. */
  readonly onOpen?: () => void;
}

export interface ApiAnswer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Answer['headers'];
}
