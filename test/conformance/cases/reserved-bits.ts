import { binary, close, continuation, fragments, ping, text } from '../frame-writer.ts';
import { type Case, control, failing, message } from '../script.ts';

const hello = message('text', 'Hello');

/** Reserved bits without an extension that gives them a meaning (RFC 6455, section 5.2). */
export const reservedBits: readonly Case[] = [
  { id: '3.1', what: 'RSV3 in a text', compose: () => failing(1002, [text('Hello', { reserved: 1 })]) },
  {
    id: '3.2',
    what: 'a text, then RSV2 in a text: no pong to the ping that follows',
    compose: () => failing(1002, [Buffer.concat([text('Hello'), text('Hello', { reserved: 2 }), ping()])], [hello]),
  },
  {
    id: '3.3',
    what: 'a text, then RSV2 and RSV3 in a text, frame by frame',
    compose: () => failing(1002, [text('Hello'), { awaitEvents: 1 }, text('Hello', { reserved: 3 })], [hello]),
  },
  {
    id: '3.4',
    what: 'a text byte by byte, then RSV1 in a text',
    compose: () => failing(1002, [{ bytes: text('Hello'), chop: 1 }, text('Hello', { reserved: 4 })], [hello]),
  },
  { id: '3.5', what: 'RSV1 and RSV3 in a binary', compose: () => failing(1002, [binary('Hello', { reserved: 5 })]) },
  { id: '3.6', what: 'RSV1 and RSV2 in a ping', compose: () => failing(1002, [ping('Hello', { reserved: 6 })]) },
  { id: '3.7', what: 'all of them in a close', compose: () => failing(1002, [close(1000, '', { reserved: 7 })]) },
  {
    id: '3.a',
    what: 'RSV1 in a continuation',
    compose: () => failing(1002, [text('Hel', { isFinal: false }), continuation('lo', { reserved: 4 })]),
  },
  {
    id: '3.b',
    what: 'RSV1 in a fragmented text, after a ping that is still answered',
    compose: () => {
      const frames = [ping('a'), ...fragments('text', Buffer.from('Hello'), 2, 4)];
      return failing(1002, [Buffer.concat(frames)], [control('pong', 'a')]);
    },
  },
];
