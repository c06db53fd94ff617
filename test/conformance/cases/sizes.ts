import { binary, composeFrame, fragments, opcodes } from '../frame-writer.ts';
import { type Case, message, speaking } from '../script.ts';

type Kind = 'text' | 'binary';

const kibi = 1024;
const mebi = 1024 * kibi;
const kinds = ['text', 'binary'] as const;

export const sizes: readonly Case[] = [
  ...kinds.flatMap((kind, group) =>
    [64 * kibi, 256 * kibi, mebi, 4 * mebi, 8 * mebi, 16 * mebi].map((length, index): Case => {
      return {
        id: `9.${group + 1}.${index + 1}`,
        what: `a ${kind} of ${show(length)}`,
        compose: () => whole(kind, length),
      };
    }),
  ),
  ...kinds.flatMap((kind, group) =>
    // Not below 256 B: `ws` takes at most 16384 fragments of a message.
    [256, kibi, 4 * kibi, 16 * kibi, 64 * kibi, 256 * kibi, mebi, 4 * mebi].map((size, index): Case => {
      const what = `a ${kind} of 4 MiB in fragments of ${show(size)}`;
      return { id: `9.${group + 3}.${index + 2}`, what, compose: () => inFragments(kind, 4 * mebi, size) };
    }),
  ),
  ...kinds.map(
    (kind, group): Case => ({
      id: `9.${group + 3}.a`,
      what: `a ${kind} of 16 MiB in fragments of 64 KiB`,
      compose: () => inFragments(kind, 16 * mebi, 64 * kibi),
    }),
  ),
  ...kinds.flatMap((kind, group) =>
    [64, 128, 256, 512, kibi, 2 * kibi].map((chop, index): Case => {
      const what = `a ${kind} of 256 KiB in writes of ${show(chop)}`;
      return { id: `9.${group + 5}.${index + 1}`, what, compose: () => inWrites(kind, 256 * kibi, chop) };
    }),
  ),
  ...kinds.flatMap((kind, group) =>
    [0, 16, 64, 256, kibi, 4 * kibi].map((length, index): Case => {
      const what = `1000 times a ${kind} of ${show(length)}`;
      return { id: `9.${group + 7}.${index + 1}`, what, compose: () => many(kind, 1000, length) };
    }),
  ),
  {
    id: '9.a',
    what: '200 times a text, each sent when the one before is back',
    compose: () => {
      const texts = Array.from({ length: 200 }, (_, index) => `message ${index}`);
      const send = texts.flatMap((each, index) => [frame('text', Buffer.from(each)), { awaitEvents: index + 1 }]);
      return speaking(
        send,
        texts.map((each) => message('text', each)),
      );
    },
  },
  {
    id: '9.b',
    what: '4 times 4 MiB without waiting, so that both directions are full at once',
    compose: () => many('binary', 4, 4 * mebi),
  },
  {
    id: '9.c',
    what: 'a binary of 16 MiB that was never one block: no byte is lost or twice there',
    compose: () => {
      const payload = Buffer.alloc(16 * mebi);
      for (let index = 0; index < payload.length; index += 4) payload.writeUInt32BE(index, index);
      return speaking([{ bytes: binary(payload), chop: 100_003 }], [message('binary', payload)]);
    },
  },
];

function whole(kind: Kind, length: number) {
  const payload = fill(kind, length);
  return speaking([frame(kind, payload)], [message(kind, payload)]);
}

function inFragments(kind: Kind, length: number, size: number) {
  const payload = fill(kind, length);
  return speaking([Buffer.concat(fragments(kind, payload, size))], [message(kind, payload)]);
}

function inWrites(kind: Kind, length: number, chop: number) {
  const payload = fill(kind, length);
  return speaking([{ bytes: frame(kind, payload), chop }], [message(kind, payload)]);
}

function many(kind: Kind, times: number, length: number) {
  const payload = fill(kind, length);
  return speaking(Array(times).fill(frame(kind, payload)), Array(times).fill(message(kind, payload)));
}

function frame(kind: Kind, payload: Buffer): Buffer {
  return composeFrame(opcodes[kind], payload);
}

function fill(kind: Kind, length: number): Buffer {
  return Buffer.alloc(length, kind === 'text' ? 'wss, ' : Buffer.from('00fe01ffc0', 'hex'));
}

function show(bytes: number): string {
  if (bytes >= mebi) return `${bytes / mebi} MiB`;
  return bytes >= kibi ? `${bytes / kibi} KiB` : `${bytes} B`;
}
