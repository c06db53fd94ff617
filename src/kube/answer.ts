import type { RequestLine, Status } from './errors.ts';
import { ApiError, ConnectionError, parseRetryAfter } from './errors.ts';
import type { Answer } from './exchange.ts';

/** JSON of the API server; whatever is not JSON was cut short, or comes from something in between. */
export function parse(request: RequestLine, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConnectionError(request, `the answer is not JSON: ${text.slice(0, 200)}`, { cause });
  }
}

/** The body is a `Status` when the API server itself speaks, and any text when something before it does. */
export function refusal(request: RequestLine, answer: Answer): ApiError {
  const text = answer.body.toString();
  const retryAfter = parseRetryAfter(answer.headers['retry-after'], Date.now());
  return new ApiError(request, answer.status, readStatus(text), retryAfter);
}

function readStatus(text: string): Status {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status')
      return value as Status;
  } catch {
    // Not JSON: the text itself is the message.
  }
  return { message: text.slice(0, 500) };
}
