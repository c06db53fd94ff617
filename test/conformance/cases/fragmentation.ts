import { binary, continuation, ping, pong, text } from '../frame-writer.ts';
import { type Case, control, failing, message, type Step, speaking } from '../script.ts';

const open = { isFinal: false };
const both = message('text', 'fragment1fragment2');
const two = [text('fragment1', open), continuation('fragment2')];
const interrupted = [text('fragment1', open), ping('ping'), continuation('fragment2')];
const five = Array.from({ length: 5 }, (_, index) => `fragment${index + 1}`);
const [first, second, third, fourth, fifth] = five.map((payload, index) =>
  index === 0 ? text(payload, open) : continuation(payload, { isFinal: index === 4 }),
) as [Buffer, Buffer, Buffer, Buffer, Buffer];

/** The same frames in one write, one write for each, and byte by byte; the ids are those of the three. */
function inThreeWays(
  ids: readonly [string, string, string],
  what: string,
  frames: readonly Buffer[],
  toScript: (send: readonly Step[]) => ReturnType<Case['compose']>,
): readonly Case[] {
  const all = Buffer.concat(frames);
  return [
    { id: ids[0], what: `${what}, in one write`, compose: () => toScript([all]) },
    { id: ids[1], what: `${what}, in a write for each frame`, compose: () => toScript(frames) },
    { id: ids[2], what: `${what}, byte by byte`, compose: () => toScript([{ bytes: all, chop: 1 }]) },
  ];
}

/** A continuation of nothing: before a text, after one, and after one that comes byte by byte. */
function orphans(ids: readonly [string, string, string], isFinal: boolean): readonly Case[] {
  const orphan = continuation('non-continuation payload', { isFinal });
  const what = `a continuation of nothing, ${isFinal ? 'final' : 'not final'},`;
  const hello = message('text', 'Hello');
  const slowly = { bytes: text('Hello'), chop: 1 };
  return [
    {
      id: ids[0],
      what: `${what} before a text`,
      compose: () => failing(1002, [Buffer.concat([orphan, text('Hello')])]),
    },
    { id: ids[1], what: `${what} after a text`, compose: () => failing(1002, [text('Hello'), orphan], [hello]) },
    { id: ids[2], what: `${what} after a text byte by byte`, compose: () => failing(1002, [slowly, orphan], [hello]) },
  ];
}

export const fragmentation: readonly Case[] = [
  {
    id: '5.1',
    what: 'a ping in two fragments',
    compose: () => failing(1002, [Buffer.concat([ping('fragment1', open), continuation('fragment2')])]),
  },
  {
    id: '5.2',
    what: 'a pong in two fragments',
    compose: () => failing(1002, [Buffer.concat([pong('fragment1', open), continuation('fragment2')])]),
  },
  ...inThreeWays(['5.3', '5.4', '5.5'], 'a text in two fragments', two, (send) => speaking(send, [both])),
  ...inThreeWays(['5.6', '5.7', '5.8'], 'a text in two fragments with a ping between', interrupted, (send) =>
    speaking(send, [control('pong', 'ping'), both]),
  ),
  ...orphans(['5.9', '5.10', '5.11'], true),
  ...orphans(['5.12', '5.13', '5.14'], false),
  {
    id: '5.15',
    what: 'a text in two fragments, then a continuation of nothing and a text',
    compose: () => failing(1002, [Buffer.concat([...two, continuation('fragment3', open), text('fragment4')])], [both]),
  },
  ...[open, {}].map(
    (shape, index): Case => ({
      id: `5.${16 + index}`,
      what: `a continuation of nothing${index === 0 ? ', not final' : ''}, then a text in two fragments`,
      compose: () => failing(1002, [Buffer.concat([continuation('fragment1', shape), ...two])]),
    }),
  ),
  {
    id: '5.18',
    what: 'a text that begins within another',
    compose: () => failing(1002, [Buffer.concat([text('fragment1', open), text('fragment2')])]),
  },
  {
    id: '5.19',
    what: 'a text in five fragments, with a ping after the second that is answered before the rest comes',
    compose: () => {
      const send = [first, second, ping('one'), { awaitEvents: 1 }, third, fourth, ping('two'), fifth];
      return speaking(send, [control('pong', 'one'), control('pong', 'two'), message('text', five.join(''))]);
    },
  },
  {
    id: '5.20',
    what: 'the same in one write',
    compose: () =>
      speaking(
        [Buffer.concat([first, second, ping('one'), third, fourth, ping('two'), fifth])],
        [control('pong', 'one'), control('pong', 'two'), message('text', five.join(''))],
      ),
  },
  {
    id: '5.a',
    what: 'a binary that begins within a text',
    compose: () => failing(1002, [Buffer.concat([text('fragment1', open), binary('fragment2')])]),
  },
  {
    id: '5.b',
    what: 'a message in fragments of which most are empty',
    compose: () => {
      const empty = Array.from({ length: 100 }, () => continuation('', open));
      const send = [binary('', open), ...empty, continuation('x', open), ...empty, continuation('')];
      return speaking([Buffer.concat(send)], [message('binary', 'x')]);
    },
  },
  {
    id: '5.c',
    what: 'two fragmented messages one after the other, a text and a binary',
    compose: () => {
      const second = [binary('fragment1', open), continuation('fragment2')];
      return speaking([...two, ...second], [both, message('binary', 'fragment1fragment2')]);
    },
  },
  {
    id: '5.d',
    what: 'a pong between two fragments changes nothing',
    compose: () => speaking([text('fragment1', open), pong('unasked'), continuation('fragment2')], [both]),
  },
];
