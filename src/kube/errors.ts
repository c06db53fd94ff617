import { toOneLine } from '../api/text.ts';

/** What a failure means for the one who has to go on. */
export type ErrorClass =
  | 'conflict'
  | 'notFound'
  | 'alreadyExists'
  | 'forbidden'
  | 'unauthorized'
  | 'invalid'
  | 'expired'
  | 'throttled'
  | 'unavailable'
  | 'aborted'
  | 'unknown';

/** `details` of a `Status` (meta/v1), as far as it is looked at. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  readonly retryAfterSeconds?: number;
}

/** `Status` (meta/v1): the body of every failed answer, and the object of a watch event of type ERROR. */
export interface Status {
  readonly kind?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: StatusDetails;
}

/**
 * The API server asks for a second or so; something between may ask for an hour, or for more than a timer can hold (2^31 ms), which
 * would be over at once.
 */
const longestRetryAfterMs = 60_000;

/** The API server answered, and the answer is a refusal. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Machine-readable reason of the `Status`, such as `AlreadyExists`; empty when there was none. */
  readonly reason: string;
  readonly serverMessage: string;
  /** A minute at most. */
  readonly retryAfterMs: number | undefined;
  readonly details: StatusDetails | undefined;

  constructor(request: RequestLine, status: number, answer: Status, retryAfterHeaderMs?: number) {
    const serverMessage = oneLine(answer.message ?? '');
    const reason = answer.reason ?? '';
    super(
      `${request.method} ${request.path}: ${[status, reason].join(' ').trim()}${serverMessage && `: ${serverMessage}`}`,
    );
    this.method = request.method;
    this.path = request.path;
    this.status = status;
    this.reason = reason;
    this.serverMessage = serverMessage;
    this.details = answer.details;
    const seconds = answer.details?.retryAfterSeconds;
    const asked = retryAfterHeaderMs ?? (seconds === undefined ? undefined : seconds * 1000);
    this.retryAfterMs = asked === undefined ? undefined : Math.min(asked, longestRetryAfterMs);
  }
}

/** There was no answer, or only half of one: nobody knows whether a write took place. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly method: string;
  readonly path: string;

  constructor(request: RequestLine, why: string, options?: ErrorOptions) {
    super(`${request.method} ${request.path}: ${oneLine(why)}`, options);
    this.method = request.method;
    this.path = request.path;
  }
}

/** The credentials could not be read; the message names the file or the field. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

/** The caller's own signal ended the request. */
export class AbortedError extends Error {
  override readonly name = 'AbortError';
}

/** Which request it was, for messages. */
export interface RequestLine {
  readonly method: string;
  readonly path: string;
}

export function classify(error: unknown): ErrorClass {
  if (error instanceof ApiError) return classifyAnswer(error);
  if (error instanceof ConnectionError || error instanceof CredentialsError) return 'unavailable';
  if (error instanceof Error && error.name === 'AbortError') return 'aborted';
  return 'unknown';
}

function classifyAnswer(error: ApiError): ErrorClass {
  // A field that the schema does not know: server-side apply answers 500, unlike all other writes
  // (k8s.io/apimachinery pkg/util/managedfields/internal/structuredmerge.go, Apply).
  if (error.status === 500 && error.serverMessage.startsWith('failed to create typed patch object')) return 'invalid';
  // The object that was meant is gone and has a namesake: "metadata.uid: field is immutable", where a missing one is 409
  // (k8s.io/apimachinery pkg/api/validation/objectmeta.go, ValidateObjectMetaAccessorUpdate).
  const isNamesake = error.details?.causes?.some(({ field }) => field === 'metadata.uid') ?? false;
  return isNamesake ? 'conflict' : classifyStatus(error.status, error.reason);
}

function classifyStatus(status: number, reason: string): ErrorClass {
  if (status === 409) return reason === 'AlreadyExists' ? 'alreadyExists' : 'conflict';
  if (status === 404) return 'notFound';
  if (status === 403) return 'forbidden';
  if (status === 401) return 'unauthorized';
  if (status === 410) return 'expired';
  if (status === 429) return 'throttled';
  if (status === 400 || status === 405 || status === 406 || status === 413 || status === 415 || status === 422) {
    return 'invalid';
  }
  return status >= 500 ? 'unavailable' : 'unknown';
}

/** How long the API server asked to wait before the next try, in milliseconds: a minute at most. */
export function retryAfterMs(error: unknown): number | undefined {
  return error instanceof ApiError ? error.retryAfterMs : undefined;
}

/** One line for people: method, path, status, reason and the server's message; causes included. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const cause = error.cause instanceof Error ? oneLine(error.cause.message) : '';
  const isSaid = cause === '' || error.message.includes(cause);
  return isSaid ? oneLine(error.message) : `${oneLine(error.message)} (${cause})`;
}

/** Milliseconds of a `Retry-After` header: seconds, or a date (RFC 9110, 10.2.3). */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function oneLine(text: string): string {
  const line = toOneLine(text);
  return line.length > 1000 ? `${line.slice(0, 1000)}…` : line;
}
