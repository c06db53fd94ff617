import { close, composeFrame, continuation, opcodes, ping, text } from '../frame-writer.ts';
import { type Case, closed, failing, message, outcome, type Step } from '../script.ts';

/** RFC 6455, sections 7.4.1 and 7.4.2, and what IANA has registered since (1012 to 1014). */
const validCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const registeredSince = [1012, 1013, 1014];
const invalidCodes = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
/** Nobody has said what they would mean. */
const unknownCodes = [5000, 65535];

const longestReason = '*'.repeat(123);
const large = Buffer.alloc(256 * 1024, 'BAsd7&jh23');

export const closing: readonly Case[] = [
  confirmed('7.1.1', 'a text, then a close', [text('Hello World!'), close(1000)], [message('text', 'Hello World!')]),
  confirmed('7.1.2', 'two closes: one is confirmed', [Buffer.concat([close(1000), close(1001)])]),
  confirmed('7.1.3', 'a ping after the close is not answered', [Buffer.concat([close(1000), ping()])]),
  confirmed('7.1.4', 'a text after the close is not echoed', [Buffer.concat([close(1000), text('late')])]),
  confirmed('7.1.5', 'a close within a message, which is never finished', [
    Buffer.concat([text('fragment1', { isFinal: false }), close(1000), continuation('fragment2')]),
  ]),
  confirmed(
    '7.1.6',
    'a text of 256 KiB, a close and a ping in one write',
    [Buffer.concat([text(large), close(1000), ping()])],
    [message('text', large)],
  ),
  { id: '7.3.1', what: 'a close without a status', compose: () => ({ send: [close()], strict: outcome([closed()]) }) },
  {
    id: '7.3.2',
    what: 'a close with half a status',
    compose: () => failing(1002, [composeFrame(opcodes.close, Buffer.from([3]))]),
  },
  confirmed('7.3.3', 'a close with a status alone', [close(1000)]),
  ...[`Hello World!`, longestReason].map(
    (reason, index): Case => ({
      id: `7.3.${4 + index}`,
      what: `a close with a reason of ${reason.length} B`,
      compose: () => ({ send: [close(1000, reason)], strict: outcome([closed(1000, reason)]) }),
    }),
  ),
  { id: '7.3.6', what: 'a close of 126 B', compose: () => failing(1002, [close(1000, `${longestReason}*`)]) },
  {
    id: '7.5.1',
    what: 'a reason that is no UTF-8',
    compose: () => failing(1007, [close(1000, Buffer.from('cebae1bdb9cf83cebcceb5eda080656469746564', 'hex'))]),
  },
  ...validCodes.map((code, index) => confirmedCode(`7.7.${index + 1}`, code)),
  ...registeredSince.map((code, index) => confirmedCode(`7.7.a.${index + 1}`, code)),
  ...invalidCodes.map((code, index) => refusedCode(`7.9.${index + 1}`, code)),
  ...unknownCodes.map((code, index) => refusedCode(`7.13.${index + 1}`, code)),
  {
    id: '7.a',
    what: 'a close byte by byte',
    compose: () => ({ send: [{ bytes: close(1001, 'slowly'), chop: 1 }], strict: outcome([closed(1001, 'slowly')]) }),
  },
  {
    id: '7.b',
    what: 'a close without a mask',
    compose: () => failing(1002, [close(1000, '', { mask: 'none' })]),
  },
  {
    id: '7.c',
    what: 'a close in two fragments',
    compose: () => failing(1002, [close(1000, '', { isFinal: false })]),
  },
  ...[1000, 1001, 1008, 1011, 1012, 1013, 4000, 4999].map((code, index) =>
    closedByServer(`7.d.${index + 1}`, code, `because of ${code}`),
  ),
  closedByServer('7.e', 1000, 'ü'.repeat(61)),
  {
    id: '7.f',
    what: 'the server closes without a status',
    compose: () => ({ path: '/ws/close', send: [{ awaitEvents: 1 }, close()], strict: outcome([closed()]) }),
  },
];

function confirmed(id: string, what: string, send: readonly Step[], events: readonly string[] = []): Case {
  return { id, what, compose: () => ({ send, strict: outcome([...events, closed(1000)]) }) };
}

/** Section 5.5.1: "the endpoint typically echos the status code it received". */
function confirmedCode(id: string, code: number): Case {
  return {
    id,
    what: `a close with ${code}`,
    compose: () => ({ send: [close(code)], strict: outcome([closed(code)]) }),
  };
}

function refusedCode(id: string, code: number): Case {
  return { id, what: `a close with ${code}, which no endpoint may send`, compose: () => failing(1002, [close(code)]) };
}

function closedByServer(id: string, code: number, reason: string): Case {
  return {
    id,
    what: `the server closes with ${code} and a reason of ${Buffer.byteLength(reason)} B`,
    compose: () => ({
      path: `/ws/close?code=${code}&reason=${encodeURIComponent(reason)}`,
      send: [{ awaitEvents: 1 }, close(code)],
      strict: outcome([closed(code, reason)]),
    }),
  };
}
