import { close, ping, text } from '../frame-writer.ts';
import { type Case, control, failing, message, outcome, type Script, speaking } from '../script.ts';

const hello = message('text', 'Hello');

/** The request that opens (RFC 6455, section 4.2.1), as browsers write it and as nobody may. */
export const handshake: readonly Case[] = [
  opened('H.1', 'Connection: keep-alive, Upgrade, as Firefox has it', { Connection: 'keep-alive, Upgrade' }),
  opened('H.2', 'Upgrade: WebSocket, in other letters', { Upgrade: 'WebSocket' }),
  opened('H.3', 'an Origin', { Origin: 'https://app.example.com' }),
  opened('H.4', 'cookies and a token', { Cookie: 'session=1; theme=dark', Authorization: 'Bearer abc' }),
  opened('H.5', 'headers of 6 KiB in all', {
    Cookie: `a=${'x'.repeat(2000)}; b=${'y'.repeat(2000)}`,
    'X-Trace': 'z'.repeat(2000),
  }),
  {
    id: 'H.6',
    what: 'a subprotocol is agreed on',
    compose: () => ({
      ...speaking([text('Hello')], []),
      headers: { 'Sec-WebSocket-Protocol': 'chat.v2, chat.v1' },
      strict: outcome([hello, 'close 1000'], '101 chat.v2'),
    }),
  },
  {
    id: 'H.7',
    what: 'a query in the URL',
    compose: () => ({ ...speaking([text('Hello')], [hello]), path: '/ws/echo?room=1&name=%C3%BC' }),
  },
  {
    id: 'H.8',
    what: 'frames in the write of the request, which section 4.1 has wait for the answer',
    compose: () => ({
      ...speaking([], [hello, control('pong', 'early')]),
      early: Buffer.concat([text('Hello'), ping('early')]),
    }),
  },
  {
    id: 'H.9',
    what: 'half a frame in the write of the request, and the rest after the answer',
    compose: () => ({ ...speaking([text('Hello').subarray(3)], [hello]), early: text('Hello').subarray(0, 3) }),
  },
  {
    id: 'H.10',
    what: 'a violation in the write of the request',
    compose: () => ({ ...failing(1002, []), early: text('Hello', { reserved: 1 }) }),
  },
  {
    id: 'H.11',
    what: 'a close in the write of the request',
    compose: () => ({ send: [], early: close(1001), strict: outcome(['close 1001']) }),
  },
  refused('H.12', 'no key', '400', { 'Sec-WebSocket-Key': undefined }),
  refused('H.13', 'a key of 3 bytes', '400', { 'Sec-WebSocket-Key': 'AQID' }),
  refused('H.14', 'no version', '400', { 'Sec-WebSocket-Version': undefined }),
  refused('H.15', 'version 7, which is not spoken any more', '400', { 'Sec-WebSocket-Version': '7' }),
  refused('H.16', 'no upgrade at all', '426', { Upgrade: undefined, Connection: 'keep-alive' }),
  {
    id: 'H.17',
    what: 'a path that the backend does not know',
    compose: () => ({ ...refusal('404', {}), path: '/ws/unknown' }),
  },
  refused('H.18', 'a subprotocol that is no token', '400', { 'Sec-WebSocket-Protocol': 'chat v2' }),
  refused(
    'H.19',
    'an extension that is no list',
    '400',
    { 'Sec-WebSocket-Extensions': 'permessage-deflate;;' },
    '/ws/deflate',
  ),
];

function opened(id: string, what: string, headers: Script['headers'] & object): Case {
  return { id, what, compose: () => ({ ...speaking([text('Hello')], [hello]), headers }) };
}

function refused(
  id: string,
  what: string,
  status: string,
  headers: Script['headers'] & object,
  path = '/ws/echo',
): Case {
  return { id, what, compose: () => ({ ...refusal(status, headers), path }) };
}

function refusal(status: string, headers: Script['headers'] & object): Script {
  return { send: [], headers, strict: { answer: status, events: [], end: 'none' } };
}
