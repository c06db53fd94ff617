import { close, ping, pong, text } from '../frame-writer.ts';
import { type Case, closed, control, failing, message, outcome, speaking } from '../script.ts';

const odd = Buffer.from('00fffefdfcfb00ff', 'hex');
const longest = Buffer.alloc(125, 0xfe);
const ten = Array.from({ length: 10 }, (_, index) => `payload ${index}`);

export const pingPong: readonly Case[] = [
  { id: '2.1', what: 'a ping without payload', compose: () => speaking([ping()], [control('pong')]) },
  {
    id: '2.2',
    what: 'a ping with a text',
    compose: () => speaking([ping('Hello, world!')], [control('pong', 'Hello, world!')]),
  },
  {
    id: '2.3',
    what: 'a ping with bytes that are no UTF-8',
    compose: () => speaking([ping(odd)], [control('pong', odd)]),
  },
  { id: '2.4', what: 'a ping of 125 B', compose: () => speaking([ping(longest)], [control('pong', longest)]) },
  { id: '2.5', what: 'a ping of 126 B', compose: () => failing(1002, [ping(Buffer.alloc(126, 0xfe))]) },
  {
    id: '2.6',
    what: 'a ping of 125 B byte by byte',
    compose: () => speaking([{ bytes: ping(longest), chop: 1 }], [control('pong', longest)]),
  },
  { id: '2.7', what: 'a pong that nobody asked for', compose: () => speaking([pong()], []) },
  { id: '2.8', what: 'a pong with payload that nobody asked for', compose: () => speaking([pong('unasked')], []) },
  {
    id: '2.9',
    what: 'a pong that nobody asked for, then a ping',
    compose: () => speaking([pong('unasked'), ping('asked')], [control('pong', 'asked')]),
  },
  {
    id: '2.10',
    what: 'ten pings',
    compose: () =>
      speaking(
        ten.map((payload) => ping(payload)),
        ten.map((payload) => control('pong', payload)),
      ),
  },
  {
    id: '2.11',
    what: 'ten pings byte by byte',
    compose: () =>
      speaking(
        [{ bytes: Buffer.concat(ten.map((payload) => ping(payload))), chop: 1 }],
        ten.map((payload) => control('pong', payload)),
      ),
  },
  {
    id: '2.a',
    what: 'pings and messages in turn keep their order',
    compose: () =>
      speaking(
        ten.flatMap((payload) => [ping(payload), text(payload)]),
        ten.flatMap((payload) => [control('pong', payload), message('text', payload)]),
      ),
  },
  {
    id: '2.b',
    what: 'a ping whose length takes two bytes more than it needs, which section 5.5 forbids',
    compose: () => failing(1002, [ping('short', { lengthBytes: 2 })]),
  },
  {
    id: '2.c',
    what: 'a ping of the server is answered, and the server hears it',
    compose: () => {
      const events = [control('ping', 'are you there?'), message('text', 'are you there?')];
      const send = [{ awaitEvents: 1 }, pong('are you there?'), { awaitEvents: 2 }, close(1000)];
      return { path: '/ws/ping', send, strict: outcome([...events, closed(1000)]) };
    },
  },
];
