import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { judgeAnswer, toHttpFacts } from './judge-answer.ts';
import { quote } from './quote.ts';
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
      return { failure: explainOther(found.problem) };
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

function explainOther(problem: string): Failure {
  const found = `what answers is no WebSocket server, ${problem}`;
  return { reason: 'BadAnswer', found, cure: 'see what listens there' };
}

function explainSilence(reading: Reading, bytes: Buffer, { host, isTls = true }: Target, ms: number): Failure {
  const part = bytes.length === 0 ? 'no answer' : 'the beginning of an answer';
  if (reading.kind === 'timeout') {
    const cure = 'the controller or the backend hangs: see the load of the backend and the way to it';
    const found = 'the request for the upgrade is not answered';
    return { reason: 'UpgradeTimeout', found, cure, detail: `${part} within ${ms} ms` };
  }
  const code = reading.kind === 'error' ? quote(`, ${reading.error.code ?? reading.error.message}`, 80) : '';
  const failure = reading.kind === 'error' ? explainTls(reading.error, host) : undefined;
  const found = 'the connection was closed before the request for the upgrade was answered';
  const cure = isTls ? 'see the logs of the controller and the backend' : 'where it speaks TLS, probe it as wss://';
  return failure ?? { reason: 'BadAnswer', found, cure, detail: `${part}${code}` };
}
