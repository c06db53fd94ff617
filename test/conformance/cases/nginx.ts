import { binary, close, text } from '../frame-writer.ts';
import { type Case, type Differing, message, outcome } from '../script.ts';

const large = Buffer.alloc(16 << 20, 'wss, ');

/**
 * `ngx_http_upstream_process_upgraded` (nginx, src/http/ngx_http_upstream.c) is done with both directions as soon as the client has
 * ended its half and nothing of it is left to pass on: `downstream->read->eof && u->from_client.pos == u->from_client.last`. What
 * the backend answers later is lost. Without nginx a half-closed connection still carries the answer. RFC 6455, section 7.1.1, has
 * the server end the connection first, and no browser ends its half before.
 */
const halfClosed = 'nginx ends both directions when the client has ended one';

/**
 * The same function is done when the backend has ended its half: `upstream->read->eof && u->buffer.pos == u->buffer.last`. Whether
 * nginx then reads on for a while (`lingering_close`) hangs on whether bytes of the client happen to be there to be read:
 * `r->connection->read->ready` in `ngx_http_finalize_connection` (src/http/ngx_http_request.c). If none are, it closes at once, and
 * later bytes of the client are answered by a reset, after which a client may give up before it has read the close frame: Node.js
 * does so at the first write that fails. Without nginx the backend reads on, as `ws` does for 30 s. RFC 6455, section 7.1.7, asks for
 * a close frame only where the other side is likely to read it.
 */
const goesOn = 'nginx resets a client that goes on sending after the backend has ended the connection';

const reset: Differing = { end: 'reset' };
const unheard: Differing = { events: [], end: 'reset' };

/** Where what a client sees depends on nginx, and what it may be. */
export const nginx: readonly Case[] = [
  {
    id: 'N.1',
    what: 'a text of 16 MiB and the end of the client: the echo does not come back',
    compose: () => ({ send: [text(large), 'end'], strict: outcome([message('text', large)]) }),
    throughTls: { why: halfClosed, isCertain: true, outcomes: [{ events: [] }] },
  },
  {
    id: 'N.2',
    what: 'a short text and the end of the client: the echo may come back',
    compose: () => ({ send: [text('Hello'), 'end'], strict: outcome([message('text', 'Hello')]) }),
    throughTls: { why: halfClosed, isCertain: false, outcomes: [{ events: [] }] },
  },
  {
    id: 'N.3',
    what: 'a close and the end of the client: the close may be confirmed',
    compose: () => ({ send: [close(1000), 'end'], strict: outcome(['close 1000']) }),
    throughTls: { why: halfClosed, isCertain: false, outcomes: [{ events: [] }] },
  },
  {
    id: 'N.4',
    what: 'the end of the client alone is the end',
    compose: () => ({ send: ['end'], strict: outcome([]) }),
  },
  {
    id: 'N.5',
    what: 'the end of the client when the echo has come back is the end',
    compose: () => ({ send: [text('Hello'), { awaitEvents: 1 }, 'end'], strict: outcome([message('text', 'Hello')]) }),
  },
  {
    id: 'N.6',
    what: 'a violation whose frame goes on byte by byte: the client may be cut',
    compose: () => {
      const bytes = text(Buffer.alloc(20_000), { reserved: 1 });
      return { send: [{ bytes, chop: 1 }], strict: outcome(['close 1002']) };
    },
    throughTls: { why: goesOn, isCertain: false, outcomes: [reset, unheard] },
  },
  {
    id: 'N.7',
    what: 'a message of 8 MiB, where 1 KiB is the most: the client may be cut',
    compose: () => {
      const send = [binary(Buffer.alloc(8 << 20))];
      return { path: '/ws/small', send, strict: outcome(['close 1009']) };
    },
    throughTls: { why: goesOn, isCertain: false, outcomes: [reset, unheard] },
  },
];
