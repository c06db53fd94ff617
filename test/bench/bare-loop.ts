/**
 * The floor: sends prepared server-side applies over one HTTP/2 connection and does nothing else. Reads a JSON file
 * `{ server, ca, cert, key, inFlight, requests: [{ path, body }] }`, prints `{ seconds }`.
 */
import { readFile } from 'node:fs/promises';
import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { applyType, metadataType } from '../../src/kube/apply.ts';

interface Load {
  readonly server: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly inFlight: number;
  readonly requests: readonly { readonly path: string; readonly body: string }[];
}

const load = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as Load;
const session = connect(load.server, { ca: load.ca, cert: load.cert, key: load.key });
session.settings({ initialWindowSize: 1 << 20 });
const started = performance.now();
let next = 0;
await Promise.all(Array.from({ length: load.inFlight }, sendUntilDone));
console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000 }));
session.close();

async function sendUntilDone(): Promise<void> {
  for (let request = load.requests[next++]; request !== undefined; request = load.requests[next++]) {
    await patch(session, request.path, request.body);
  }
}

function patch(client: ClientHttp2Session, path: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = client.request({
      [constants.HTTP2_HEADER_METHOD]: 'PATCH',
      [constants.HTTP2_HEADER_PATH]: path,
      [constants.HTTP2_HEADER_CONTENT_TYPE]: applyType,
      // As the operator: the API server would encode whole objects otherwise.
      [constants.HTTP2_HEADER_ACCEPT]: metadataType,
    });
    let status = 0;
    stream.on('response', (headers) => {
      status = Number(headers[constants.HTTP2_HEADER_STATUS]);
    });
    stream.on('data', () => {});
    stream.on('error', reject);
    stream.on('end', () => (status < 300 ? resolve() : reject(new Error(`PATCH ${path}: ${status}`))));
    stream.end(body);
  });
}
