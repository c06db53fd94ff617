import { continuation, fragments, ping, text } from '../frame-writer.ts';
import { type Case, control, failing, message, outcome, speaking } from '../script.ts';
import { invalidSequences, validSequences } from './utf8-sequences.ts';

const open = { isFinal: false };
const letters = Buffer.from('Hello-µ@ßöäüàá-UTF-8!!');
const kosme = Buffer.from('κόσμε');
const edited = Buffer.from('edited');
/** A surrogate, which is no character (RFC 3629, section 3). */
const broken = Buffer.concat([kosme, Buffer.from('eda080', 'hex'), edited]);

export const utf8: readonly Case[] = [
  { id: '6.1.1', what: 'a text of 0 B', compose: () => speaking([text('')], [message('text', '')]) },
  {
    id: '6.1.2',
    what: 'a text of three empty fragments',
    compose: () => speaking([text('', open), continuation('', open), continuation('')], [message('text', '')]),
  },
  {
    id: '6.1.3',
    what: 'a text of three fragments, the first and the last empty',
    compose: () =>
      speaking([text('', open), continuation('middle', open), continuation('')], [message('text', 'middle')]),
  },
  {
    id: '6.2.1',
    what: 'letters of one and two bytes',
    compose: () => speaking([text(letters)], [message('text', letters)]),
  },
  {
    id: '6.2.2',
    what: 'the same in two fragments between letters',
    compose: () => {
      const send = [text(letters.subarray(0, 12), open), continuation(letters.subarray(12))];
      return speaking(send, [message('text', letters)]);
    },
  },
  {
    id: '6.2.3',
    what: 'the same in fragments of 1 B, which cut letters',
    compose: () => speaking(fragments('text', letters, 1), [message('text', letters)]),
  },
  {
    id: '6.2.4',
    what: 'letters of two and three bytes in fragments of 1 B',
    compose: () => speaking(fragments('text', kosme, 1), [message('text', kosme)]),
  },
  { id: '6.3.1', what: 'a surrogate in a text', compose: () => failing(1007, [text(broken)]) },
  {
    id: '6.3.2',
    what: 'a surrogate in a text in fragments of 1 B',
    compose: () => failing(1007, [Buffer.concat(fragments('text', broken, 1))]),
  },
  failingFast('6.4.1', 'beyond U+10FFFF in a fragment of its own', ['f4908080', '']),
  failingFast('6.4.2', 'beyond U+10FFFF, cut where it can be seen', ['f490', '8080']),
  failingFast('6.4.a', 'a byte that begins nothing', ['ff', '']),
  ...validSequences.map(
    ([id, hex]): Case => ({
      id,
      what: `${abbreviate(hex)} is UTF-8`,
      compose: () => speaking([text(Buffer.from(hex, 'hex'))], [message('text', Buffer.from(hex, 'hex'))]),
    }),
  ),
  ...invalidSequences.map(
    ([id, hex]): Case => ({
      id,
      what: `${abbreviate(hex)} is no UTF-8`,
      compose: () => failing(1007, [text(Buffer.from(hex, 'hex'))]),
    }),
  ),
  {
    id: '6.a',
    what: 'what is no UTF-8 may be a binary',
    compose: () => {
      const bytes = Buffer.from(invalidSequences.map(([, hex]) => hex).join(''), 'hex');
      return speaking(fragments('binary', bytes, 200), [message('binary', bytes)]);
    },
  },
];

/**
 * The ping after the broken fragment tells without a clock when the server has noticed: at once, which Autobahn's test suite counts
 * as strict, or at the end of the message, which RFC 6455, section 8.1, leaves open.
 */
function failingFast(id: string, what: string, [bad, rest]: readonly [string, string]): Case {
  return {
    id,
    what: `${what}: seen before the end of the message or at the end`,
    compose: () => {
      const badFrame = continuation(Buffer.from(bad, 'hex'), open);
      const restFrame = continuation(Buffer.concat([Buffer.from(rest, 'hex'), edited]));
      return {
        send: [Buffer.concat([text(kosme, open), badFrame, ping('seen?'), restFrame])],
        strict: outcome(['close 1007']),
        tolerated: outcome([control('pong', 'seen?'), 'close 1007']),
      };
    },
    verdict: 'ok',
  };
}

function abbreviate(hex: string): string {
  return hex.length <= 40 ? hex : `${hex.slice(0, 40)}…`;
}
