import { DeflateWindow } from '../deflate-window.ts';
import { binary, continuation, fragments, text } from '../frame-writer.ts';
import { type Case, failing, message, outcome, type Script, speaking } from '../script.ts';

/** So little that a message beyond it goes in one write: what happens to a longer one is in nginx.ts. */
const limit = 1024;
const path = '/ws/small';
const offered = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };

/** A backend that takes 1 KiB at most says so with 1009 (RFC 6455, section 7.4.1), and the client hears it. */
export const limits: readonly Case[] = [
  {
    id: '9.d',
    what: 'a message of just the size that the backend takes',
    compose: () => ({ ...speaking([binary(Buffer.alloc(limit))], [message('binary', Buffer.alloc(limit))]), path }),
  },
  tooBig('9.e', 'a frame of one byte more', () => [binary(Buffer.alloc(limit + 1))]),
  tooBig('9.f', 'a frame that only announces one byte more', () => [
    binary('', { announcedLength: BigInt(limit + 1) }),
  ]),
  tooBig('9.g', 'fragments of one byte more in all', () => [
    Buffer.concat(fragments('text', Buffer.alloc(limit + 1, 'a'), 100)),
  ]),
  tooBig('9.h', 'a continuation that announces 2^53 bytes', () => [
    Buffer.concat([text('a', { isFinal: false }), continuation('', { announcedLength: 1n << 53n })]),
  ]),
  {
    id: '9.i',
    what: 'few bytes that inflate to 512 KiB',
    compose: () => ({
      ...failing(1009, [binary(new DeflateWindow().compress(Buffer.alloc(512 * 1024)), { reserved: 4 })]),
      ...{ path, headers: offered, strict: outcome(['close 1009'], '101 permessage-deflate') },
    }),
  },
];

function tooBig(id: string, what: string, compose: () => Script['send']): Case {
  return { id, what, compose: () => ({ ...failing(1009, compose()), path }) };
}
