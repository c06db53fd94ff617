import { binary, composeFrame, opcodes, text } from '../frame-writer.ts';
import { type Case, failing, message, outcome, speaking } from '../script.ts';

/** Around the borders of the three forms of a length (RFC 6455, section 5.2). */
const lengths = [0, 125, 126, 127, 128, 65535, 65536];

export const framing: readonly Case[] = [
  ...lengths.map((length, index) => whole(`1.1.${index + 1}`, 'text', length)),
  chopped('1.1.8', 'text'),
  ...lengths.map((length, index) => whole(`1.2.${index + 1}`, 'binary', length)),
  chopped('1.2.8', 'binary'),
  {
    id: '1.a',
    what: 'a mask of zeros',
    compose: () => speaking([text('plain', { mask: Buffer.alloc(4) })], [message('text', 'plain')]),
  },
  {
    id: '1.b',
    what: 'a mask of its own for each frame',
    compose: () => {
      const words = ['one', 'two', 'three', 'four', 'five'];
      const frames = words.map((word, index) => text(word, { mask: Buffer.alloc(4, 0x11 * (index + 1)) }));
      return speaking(
        frames,
        words.map((word) => message('text', word)),
      );
    },
  },
  {
    id: '1.c',
    what: 'no mask, which section 5.1 forbids',
    compose: () => failing(1002, [text('bare', { mask: 'none' })]),
  },
  {
    id: '1.d',
    what: 'a message of 0 bytes without a mask',
    compose: () => failing(1002, [binary('', { mask: 'none' })]),
  },
  ...([2, 8] as const).map(
    (lengthBytes): Case => ({
      id: `1.e.${lengthBytes}`,
      what: `a length of 5 in ${lengthBytes} bytes instead of the fewest, which section 5.2 forbids`,
      compose: () => ({
        ...speaking([text('hello', { lengthBytes })], []),
        strict: outcome(['close 1002']),
        tolerated: outcome([message('text', 'hello'), 'close 1000']),
      }),
      verdict: 'ok',
    }),
  ),
  {
    id: '1.f',
    what: 'a length with the highest bit set, which section 5.2 forbids',
    compose: () => ({
      send: [binary('', { announcedLength: 1n << 63n })],
      strict: outcome(['close 1002']),
      // A length that nobody could take is too big a message, too.
      tolerated: outcome(['close 1009']),
    }),
    verdict: 'ok',
  },
  {
    id: '1.g',
    what: 'a head that ends before its mask does, and the rest of it later',
    compose: () => {
      const frame = text('halves');
      const send = [{ bytes: frame.subarray(0, 4), chop: 4 }, frame.subarray(4)];
      return speaking(send, [message('text', 'halves')]);
    },
  },
  {
    id: '1.h',
    what: 'a second frame that begins in the write of the first',
    compose: () => {
      const both = Buffer.concat([text('first'), composeFrame(opcodes.binary, Buffer.from([1, 2, 3]))]);
      const send = [{ bytes: both.subarray(0, 14), chop: 14 }, both.subarray(14)];
      return speaking(send, [message('text', 'first'), message('binary', Buffer.from([1, 2, 3]))]);
    },
  },
];

function whole(id: string, kind: 'text' | 'binary', length: number): Case {
  return {
    id,
    what: `a ${kind} of ${length} B`,
    compose: () => speaking([compose(kind, payloadOf(kind, length))], [message(kind, payloadOf(kind, length))]),
  };
}

function chopped(id: string, kind: 'text' | 'binary'): Case {
  const payload = payloadOf(kind, 65536);
  return {
    id,
    what: `a ${kind} of 65536 B in writes of 997 B`,
    compose: () => speaking([{ bytes: compose(kind, payload), chop: 997 }], [message(kind, payload)]),
  };
}

function compose(kind: 'text' | 'binary', payload: Buffer): Buffer {
  return composeFrame(opcodes[kind], payload);
}

function payloadOf(kind: 'text' | 'binary', length: number): Buffer {
  return Buffer.alloc(length, kind === 'text' ? 0x2a : 0xfe);
}
