import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { judgeAnswer, toHttpFacts } from './judge-answer.ts';
import type { Failure, HttpFacts } from './result.ts';
import type { StepOutcome } from './step-log.ts';
import type { Target } from './target.ts';
import { explainTls } from './tls-failure.ts';
import { readAnswer, type UpgradeAnswer } from './upgrade-answer.ts';
import { composeRequest, computeAccept } from './upgrade-request.ts';
import { type Reading, readSome } from './wait.ts';

/** Asks for the upgrade and judges the answer, which is told even when it is a refusal. Its body is not read. */
export async function upgrade(
  socket: Socket,
  target: Target,
  ms: number,
): Promise<StepOutcome<UpgradeAnswer> & { readonly facts?: HttpFacts }> {
  const deadline = performance.now() + ms;
  const key = randomBytes(16).toString('base64');
  socket.write(composeRequest(target, key));
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const reading = await readSome(socket, deadline);
    if (reading.kind !== 'bytes') return { failure: explainSilence(reading, bytes, target, ms) };
    bytes = Buffer.concat([bytes, reading.bytes]);
    const found = readAnswer(bytes);
    if (found.kind === 'incomplete') continue;
    if (found.kind === 'broken') {
      const message = `what answers is no WebSocket server, ${found.problem}: see what listens there`;
      return { failure: { reason: 'BadAnswer', message } };
    }
    const { answer } = found;
    const question = { path: target.path, accept: computeAccept(key), subprotocols: target.subprotocols ?? [] };
    const failure = judgeAnswer(answer, question);
    const facts = toHttpFacts(answer);
    if (failure !== undefined) return { failure, facts };
    return { value: answer, facts, detail: describe(facts) };
  }
}

function describe({ status, subprotocol, extensions }: HttpFacts): string {
  const parts = [String(status)];
  if (subprotocol !== undefined) parts.push(`subprotocol ${subprotocol}`);
  if (extensions !== undefined) parts.push(extensions);
  return parts.join(', ');
}

function explainSilence(reading: Reading, bytes: Buffer, { host, isTls = true }: Target, ms: number): Failure {
  const part = bytes.length === 0 ? 'any answer' : 'a whole answer';
  if (reading.kind === 'timeout') {
    const cause = 'the controller or the backend hangs; see the load of the backend and the way to it';
    return { reason: 'UpgradeTimeout', message: `the handshake did not get ${part} within ${ms} ms: ${cause}` };
  }
  const failure = reading.kind === 'error' ? explainTls(reading.error, host) : undefined;
  const cause = isTls ? 'see the logs of the controller and the backend' : 'where it speaks TLS, probe it as wss://';
  return (
    failure ?? { reason: 'BadAnswer', message: `the connection was closed before ${part} to the handshake: ${cause}` }
  );
}
