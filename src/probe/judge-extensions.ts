import { quote } from './quote.ts';
import type { Failure } from './result.ts';
import { offeredExtension } from './upgrade-request.ts';

/** A parameter that an answer may have: with a number of bits, or without a value. */
type Form = 'bits' | 'bare';

/** What may be answered to an offer of `client_max_window_bits` (RFC 7692, section 7.1). */
const parameters: Readonly<Record<string, Form>> = {
  server_no_context_takeover: 'bare',
  client_no_context_takeover: 'bare',
  server_max_window_bits: 'bits',
  client_max_window_bits: 'bits',
};

/** Why a browser would not take the extensions of an answer, the value of `Sec-WebSocket-Extensions`, or undefined. */
export function judgeExtensions(value: string | undefined): Failure | undefined {
  if (value === undefined) return undefined;
  const taken = value
    .split(',')
    .map((each) => each.split(';').map((part) => part.trim()))
    .filter(([name]) => name !== '');
  const other = taken.find(([name = '']) => name.toLowerCase() !== offeredExtension);
  if (other !== undefined) {
    return refuse(
      `extension "${quote(other[0] ?? '', 80)}", which was not offered`,
      'have the backend take none but those that are offered',
    );
  }
  const cure = 'have the backend, or the proxy that compresses, answer as RFC 7692 says, or turn compression off';
  const [first = [], second] = taken;
  if (second !== undefined) return refuse(`${offeredExtension} twice`, cure);
  const flaw = findFlaw(first.slice(1));
  return flaw === undefined ? undefined : refuse(`${offeredExtension} with ${flaw}`, cure);
}

function findFlaw(parts: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const part of parts) {
    const [, name = '', , quoted, bare] = /^([^=\s]+)\s*(=\s*(?:"([^"]*)"|(.*)))?$/.exec(part) ?? [];
    const words = `the parameter "${quote(part, 80)}"`;
    const form = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (form === undefined) return `${words}, which is none of RFC 7692`;
    if (seen.has(name)) return `the parameter ${name} twice`;
    seen.add(name);
    const value = quoted ?? bare;
    if (form === 'bare' && value !== undefined) return `${words}, which has no value`;
    if (form === 'bits' && !/^(?:[89]|1[0-5])$/.test(value ?? '')) return `${words}, which must be 8 to 15`;
  }
  return undefined;
}

function refuse(taken: string, cure: string): Failure {
  return { reason: 'BadAnswer', found: `the server took ${taken}, and browsers refuse that`, cure };
}
