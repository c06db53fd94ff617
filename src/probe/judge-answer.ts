import { judgeExtensions } from './judge-extensions.ts';
import { quote } from './quote.ts';
import { explainRefusal } from './refusal.ts';
import type { Failure, HttpFacts } from './result.ts';
import type { UpgradeAnswer } from './upgrade-answer.ts';

export interface Question {
  readonly path: string;
  /** What `Sec-WebSocket-Accept` must be. */
  readonly accept: string;
  readonly subprotocols: readonly string[];
}

/** Why a browser would not take the answer, or undefined (RFC 6455, section 4.1; WHATWG WebSockets for subprotocols). */
export function judgeAnswer({ version, status, headers }: UpgradeAnswer, question: Question): Failure | undefined {
  if (status !== 101) {
    const location = headers.get('location');
    const refusal = { status, path: question.path, ...(location !== undefined && { location }) };
    return { reason: 'UpgradeRefused', ...explainRefusal(refusal) };
  }
  if (version !== '1.1') return odd('the answer is HTTP/1.0, WebSocket needs HTTP/1.1', 'see proxies on the way');
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    const found = headers.has('upgrade') ? `to "${quote(headers.get('upgrade') ?? '', 40)}"` : 'to nothing';
    return odd(`101 switches ${found}, not to websocket`, 'see what answers there');
  }
  if (!listTokens(headers.get('connection')).includes('upgrade')) {
    return odd('101 comes without "Connection: Upgrade"', 'see proxies on the way, one of which drops it');
  }
  return (
    judgeAccept(headers, question) ??
    judgeSubprotocol(headers, question) ??
    judgeExtensions(headers.get('sec-websocket-extensions'))
  );
}

function judgeAccept(headers: UpgradeAnswer['headers'], { accept }: Question): Failure | undefined {
  const found = headers.get('sec-websocket-accept');
  if (found === accept) return undefined;
  const what = found === undefined ? 'lacks Sec-WebSocket-Accept' : 'has a Sec-WebSocket-Accept for another key';
  return {
    reason: 'BadAccept',
    found: `101 ${what}`,
    cure: 'see whether a WebSocket server answers there, and let no cache answer for it',
  };
}

function judgeSubprotocol(headers: UpgradeAnswer['headers'], { subprotocols }: Question): Failure | undefined {
  const found = headers.get('sec-websocket-protocol');
  if (found === undefined && subprotocols.length === 0) return undefined;
  if (found !== undefined && subprotocols.includes(found)) return undefined;
  const taken = found === undefined ? 'none' : `"${quote(found, 80)}"`;
  const offered = subprotocols.length === 0 ? 'none was offered' : `${subprotocols.join(', ')} was offered`;
  return {
    reason: 'BadSubprotocol',
    found: `the server took subprotocol ${taken}, ${offered}, and browsers refuse that`,
    cure: 'offer one that the backend speaks, or have it take one of those that are offered',
  };
}

/** What there is to tell of the answer. */
export function toHttpFacts({ status, headers }: UpgradeAnswer): HttpFacts {
  const location = headers.get('location');
  const subprotocol = headers.get('sec-websocket-protocol');
  const extensions = headers.get('sec-websocket-extensions');
  return {
    status,
    ...(location !== undefined && { location: quote(location) }),
    ...(subprotocol !== undefined && { subprotocol: quote(subprotocol, 80) }),
    ...(extensions !== undefined && { extensions: quote(extensions, 80) }),
  };
}

function listTokens(value = ''): readonly string[] {
  return value
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== '');
}

function odd(found: string, cure: string): Failure {
  return { reason: 'BadAnswer', found, cure };
}
