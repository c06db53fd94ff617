import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { ControlPlaneKeys } from './control-plane-keys.ts';
import { waitUntil } from './wait-until.ts';

/** Any object of the API, as it came over the wire: tests look into it without a schema. */
// biome-ignore lint/suspicious/noExplicitAny: an object of any kind; a test that looks for a missing field fails.
export type ApiObject = any;

export interface ApiResponse {
  readonly status: number;
  readonly body: ApiObject;
}

export type PatchType = 'merge-patch+json' | 'json-patch+json' | 'strategic-merge-patch+json' | 'apply-patch+yaml';

/** An answer of the API server that says no. */
export class ApiError extends Error {
  readonly status: number;

  constructor(method: string, path: string, response: ApiResponse) {
    super(`${method} ${path}: ${response.status} ${response.body?.message ?? JSON.stringify(response.body)}`);
    this.status = response.status;
  }
}

/** A plain REST client for tests, with the rights of the administrator. */
export class AdminClient {
  readonly #server: URL;
  readonly #agent: Agent;

  constructor(server: string, keys: Pick<ControlPlaneKeys, 'authority' | 'admin'>) {
    this.#server = new URL(server);
    this.#agent = new Agent({
      keepAlive: true,
      ca: readFileSync(keys.authority.certificateFile),
      cert: readFileSync(keys.admin.certificateFile),
      key: readFileSync(keys.admin.keyFile),
    });
  }

  /** One request; an answer of any status is a result, only a broken connection throws. */
  request(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<ApiResponse> {
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const headers = {
      accept: 'application/json',
      'user-agent': 'wss-rig',
      ...(payload === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) }),
    };
    return new Promise((resolve, reject) => {
      const outgoing = httpsRequest(new URL(path, this.#server), { method, headers, agent: this.#agent }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: parse(Buffer.concat(chunks)) }));
      });
      outgoing.setTimeout(30_000, () => outgoing.destroy(new Error(`${method} ${path}: no answer in 30 s`)));
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
  }

  /** Reads an answer line by line, as that of a watch comes. Ends with the answer; a broken connection throws. */
  async stream(path: string, onLine: (line: ApiObject) => void, signal: AbortSignal): Promise<void> {
    const headers = { accept: 'application/json', 'user-agent': 'wss-rig' };
    const outgoing = httpsRequest(new URL(path, this.#server), { headers, agent: this.#agent, signal }).end();
    // What happens after the answer has begun is told by the answer.
    outgoing.on('error', () => {});
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    let rest = '';
    for await (const chunk of answer.setEncoding('utf8')) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      if (answer.statusCode !== 200) throw new Error(`GET ${path}: ${answer.statusCode}`);
      for (const line of lines) onLine(JSON.parse(line));
    }
  }

  get(path: string): Promise<ApiObject> {
    return this.#must('GET', path);
  }

  /** The object, or `undefined` where there is none. */
  async find(path: string): Promise<ApiObject | undefined> {
    const response = await this.request('GET', path);
    if (response.status === 404) return undefined;
    if (response.status >= 400) throw new ApiError('GET', path, response);
    return response.body;
  }

  async list(path: string): Promise<readonly ApiObject[]> {
    return (await this.get(path)).items;
  }

  /** `path` is that of the collection. A string is sent as YAML. */
  create(path: string, object: ApiObject): Promise<ApiObject> {
    return this.#must('POST', path, object, typeof object === 'string' ? 'application/yaml' : 'application/json');
  }

  replace(path: string, object: ApiObject): Promise<ApiObject> {
    return this.#must('PUT', path, object);
  }

  patch(path: string, patch: unknown, type: PatchType = 'merge-patch+json'): Promise<ApiObject> {
    return this.#must('PATCH', path, patch, `application/${type}`);
  }

  delete(path: string, options?: ApiObject): Promise<ApiObject> {
    return this.#must('DELETE', path, options);
  }

  /**
   * Looks at an object until the predicate holds, and returns it; the error after the deadline shows what was there
   * last. The predicate is called with `undefined` while there is no such object.
   */
  async waitFor(
    path: string,
    predicate: (object: ApiObject | undefined) => boolean,
    options: { readonly what: string; readonly timeoutMs: number },
  ): Promise<ApiObject> {
    let last: ApiObject | undefined;
    const look = async () => {
      last = await this.find(path);
      return predicate(last) && { object: last };
    };
    const explain = () => `${path} is ${last === undefined ? 'not there' : JSON.stringify(last, null, 2)}`;
    return (await waitUntil(look, { ...options, intervalMs: 40, explain })).object;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #must(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiObject> {
    const response = await this.request(method, path, body, contentType);
    if (response.status >= 400) throw new ApiError(method, path, response);
    return response.body;
  }
}

function parse(body: Buffer): ApiObject {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}
