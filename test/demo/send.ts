/**
 * node test/demo/send.ts --ca FILE --address HOST URL MESSAGE
 *
 * Sends one message to an echo server over wss:// and prints what comes back. The certificate is verified for the host
 * of the URL, whatever the address is.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { tryEcho } from './try-socket.ts';

const { values, positionals } = parseArgs({
  options: { ca: { type: 'string' }, address: { type: 'string' } },
  allowPositionals: true,
});
const [url, message] = positionals;
if (values.ca === undefined || url === undefined || message === undefined) {
  console.error('usage: node test/demo/send.ts --ca FILE [--address HOST] URL MESSAGE');
  process.exit(2);
}
const host = values.address ?? new URL(url).hostname;
console.log(await tryEcho({ url, rootPem: await readFile(values.ca, 'utf8'), address: { host }, message }));
