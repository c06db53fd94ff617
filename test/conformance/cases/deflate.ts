import { DeflateWindow, type WindowOptions } from '../deflate-window.ts';
import { binary, continuation, fragments, ping, text } from '../frame-writer.ts';
import { type Case, control, failing, message, outcome, type Script, type Step, speaking } from '../script.ts';

const extension = 'permessage-deflate';
const path = '/ws/deflate';
const kibi = 1024;

/** What a client may offer (RFC 7692, section 7.1), what the server agrees to, and the window that the client then has. */
const offers: readonly (readonly [offer: string, agreed: string, client?: WindowOptions])[] = [
  ['', ''],
  ['; client_max_window_bits', ''],
  ['; server_no_context_takeover', '; server_no_context_takeover'],
  ['; client_no_context_takeover', '; client_no_context_takeover', { hasNoTakeover: true }],
  ['; server_max_window_bits=9', '; server_max_window_bits=9'],
  ['; server_max_window_bits=15', '; server_max_window_bits=15'],
  ['; client_max_window_bits=9', '; client_max_window_bits=9', { bits: 9 }],
  ['; server_no_context_takeover; server_max_window_bits=9', '; server_no_context_takeover; server_max_window_bits=9'],
  [
    '; client_no_context_takeover; client_max_window_bits=12; server_no_context_takeover; server_max_window_bits=12',
    '; client_no_context_takeover; client_max_window_bits=12; server_no_context_takeover; server_max_window_bits=12',
    { hasNoTakeover: true, bits: 12 },
  ],
  ['; server_max_window_bits=9, permessage-deflate', '; server_max_window_bits=9'],
];

const refusedOffers = [
  '; server_max_window_bits=16',
  '; client_max_window_bits=7',
  '; unknown',
  '; client_no_context_takeover=1',
];

export const deflate: readonly Case[] = [
  ...[16, 64, 256, kibi, 4 * kibi, 8 * kibi, 16 * kibi, 32 * kibi, 64 * kibi, 128 * kibi].map((length, index): Case => {
    const what = `100 times a deflated text of ${length} B, context taken over`;
    return {
      id: `12.1.${index + 1}`,
      what,
      compose: () => talk(Array.from({ length: 100 }, (_, n) => prose(length, n))),
    };
  }),
  ...[0, 1, 64 * kibi, 1024 * kibi].map((length, index): Case => {
    const what = `a deflated binary of ${length} B that does not get shorter`;
    return { id: `12.2.${index + 1}`, what, compose: () => talk([noise(length)], { kind: 'binary' }) };
  }),
  ...offers.map(([offer, agreed, client], index): Case => {
    const messages = Array.from({ length: 20 }, (_, n) => prose(2 * kibi, n));
    return {
      id: `13.${index + 1}`,
      what: `the offer "${extension}${offer}"`,
      compose: () => talk(messages, { offer, agreed, ...(client !== undefined && { client }) }),
    };
  }),
  ...refusedOffers.map((offer, index): Case => {
    const headers = { 'Sec-WebSocket-Extensions': `${extension}${offer}` };
    const strict = outcome([message('text', 'plain'), 'close 1000']);
    const refused = { answer: '400', events: [], end: 'none' } as const;
    return {
      id: `13.a.${index + 1}`,
      what: `the offer "${extension}${offer}", which section 7.1 has declined`,
      // `ws` refuses the handshake with it, which section 4.2.2 of RFC 6455 leaves to a server.
      compose: () => ({ ...speaking([text('plain')], []), path, headers, strict, tolerated: refused }),
      verdict: 'ok',
    };
  }),
  {
    id: '13.b',
    what: 'an extension that nobody knows is declined',
    compose: () => ({
      ...speaking([text('plain')], [message('text', 'plain')]),
      ...{ path, headers: { 'Sec-WebSocket-Extensions': 'x-unheard-of; level=3' } },
    }),
  },
  agreed('12.a', 'a message that is not deflated after one that is', () => {
    const first = prose(200, 1);
    return [
      [deflated(first), text('plain')],
      [message('text', first, true), message('text', 'plain', true)],
    ];
  }),
  agreed('12.b', 'a deflated text in fragments with a ping between', () => {
    const [first = Buffer.alloc(0), ...rest] = fragments('text', window().compress(prose(300, 1)), 20, 4);
    return [
      [first, ping('ping'), ...rest],
      [control('pong', 'ping'), message('text', prose(300, 1), true)],
    ];
  }),
  agreed('12.c', 'a deflated text byte by byte', () => {
    return [[{ bytes: deflated(prose(2000, 1)), chop: 1 }], [message('text', prose(2000, 1), true)]];
  }),
  agreed('12.d', 'blocks that are stored, not deflated', () => {
    return [[text(window().compress(prose(500, 1), 0), { reserved: 4 })], [message('text', prose(500, 1), true)]];
  }),
  agreed('12.e', 'a message that ends with a final block (section 7.2.3.4)', () => {
    // "Hello" in one final block of fixed codes, and the byte that completes it.
    const bytes = Buffer.from('f348cdc9c9070000', 'hex');
    return [[text(bytes, { reserved: 4 })], [message('text', 'Hello', true)]];
  }),
  agreed('12.f', 'the example of section 7.2.3.2, which refers to the message before', () => {
    const first = text(Buffer.from('f248cdc9c90700', 'hex'), { reserved: 4 });
    const second = text(Buffer.from('f200110000', 'hex'), { reserved: 4 });
    return [
      [first, second],
      [message('text', 'Hello', true), message('text', 'Hello', true)],
    ];
  }),
  agreed('12.m', 'the example of section 7.2.3.5, two blocks with a flush between', () => {
    return [
      [text(Buffer.from('f24805000000ffffcac9c90700', 'hex'), { reserved: 4 })],
      [message('text', 'Hello', true)],
    ];
  }),
  broken('12.g', 1002, 'RSV1 in a continuation of a deflated text', () => [
    Buffer.concat([
      text(window().compress(prose(300, 1)).subarray(0, 50), { reserved: 4, isFinal: false }),
      continuation(window().compress(prose(300, 1)).subarray(50), { reserved: 4 }),
    ]),
  ]),
  broken('12.h', 1002, 'RSV1 in a ping', () => [ping('a', { reserved: 4 })]),
  broken('12.i', 1002, 'RSV2 in a deflated text', () => [text(window().compress(prose(20, 1)), { reserved: 6 })]),
  // RFC 7692 names no status for it; 1007 is that of data which is not what it claims to be.
  broken('12.j', 1007, 'what cannot be inflated', () => [binary(Buffer.from('ffffffff', 'hex'), { reserved: 4 })]),
  broken('12.k', 1007, 'a deflated text that is no UTF-8', () => [
    text(window().compress(Buffer.from('cebaeda080', 'hex')), { reserved: 4 }),
  ]),
  {
    id: '12.l',
    what: 'a binary of 16 MiB of zeros, deflated',
    compose: () => talk([Buffer.alloc(16 * kibi * kibi)], { kind: 'binary' }),
  },
];

/** Deflated messages and their deflated echoes. */
function talk(
  messages: readonly Buffer[],
  options: {
    readonly kind?: 'text' | 'binary';
    readonly offer?: string;
    readonly agreed?: string;
    readonly client?: WindowOptions;
  } = {},
): Script {
  const { kind = 'text', offer = '', agreed = '', client } = options;
  const own = new DeflateWindow(client);
  const compose = kind === 'text' ? text : binary;
  const send = messages.map((each) => compose(own.compress(each), { reserved: 4 }));
  const events = messages.map((each) => message(kind, each, true));
  return withExtension(speaking(send, events), offer, agreed);
}

function agreed(id: string, what: string, compose: () => readonly [readonly Step[], readonly string[]]): Case {
  return { id, what, compose: () => withExtension(speaking(...compose())) };
}

function broken(id: string, code: number, what: string, compose: () => readonly Step[]): Case {
  return { id, what, compose: () => withExtension(failing(code, compose())) };
}

function withExtension(script: Script, offer = '', agreed = ''): Script {
  const headers = { 'Sec-WebSocket-Extensions': `${extension}${offer}` };
  return { ...script, path, headers, strict: { ...script.strict, answer: `101 ${extension}${agreed}` } };
}

function window(): DeflateWindow {
  return new DeflateWindow();
}

function deflated(payload: Buffer): Buffer {
  return text(window().compress(payload), { reserved: 4 });
}

/** A text that gets much shorter, and has something in common with the others. */
function prose(length: number, seed: number): Buffer {
  return Buffer.alloc(length, `${seed} times did the ships sail, and ${seed * 7} came back; `);
}

/** Bytes without a pattern, the same in every run (xorshift32). */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 0x9e3779b9;
  for (let index = 0; index < length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state & 0xff;
  }
  return bytes;
}
