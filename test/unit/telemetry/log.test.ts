import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { createLog, type Log, type LogLevel } from '../../../src/telemetry/log.ts';

type Line = Readonly<Record<string, unknown>>;

function record(level: LogLevel, act: (log: Log) => void): readonly Line[] {
  const lines: Line[] = [];
  act(createLog({ level, stream: { write: (line) => lines.push(JSON.parse(line)) } }));
  return lines;
}

test('a line has a level by name, an ISO time, the fields and the message, and nothing of the machine', () => {
  const [line] = record('info', (log) => log.info({ route: 'shop/chat' }, 'status written'));
  const { time, ...rest } = line ?? {};
  assert.deepEqual(rest, { level: 'info', route: 'shop/chat', msg: 'status written' });
  assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('what is below the level is not written', () => {
  const lines = record('warn', (log) => {
    log.debug('d');
    log.info('i');
    log.warn('w');
    log.error('e');
    log.fatal('f');
  });
  assert.deepEqual(
    lines.map(({ level }) => level),
    ['warn', 'error', 'fatal'],
  );
});

test('an error is written with its own fields and the chain of its causes', () => {
  const root = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const error = new TypeError('cannot list ingresses', { cause: new Error('GET /apis failed', { cause: root }) });
  const [line] = record('info', (log) => log.error({ err: error }, 'watch failed'));
  const written = line?.err as { type: string; message: string; stack: string; cause: { cause: Line } };
  assert.equal(written.type, 'TypeError');
  assert.equal(written.message, 'cannot list ingresses');
  assert.match(written.stack, /log\.test\.ts/);
  assert.equal(written.cause.cause.message, 'connect ECONNREFUSED');
  assert.equal(written.cause.cause.code, 'ECONNREFUSED');
});

test('a credential is not written, neither as a field nor inside of an error or a text', () => {
  const secret = 'c2VjcmV0LXRva2Vu';
  const error = Object.assign(new Error(`401 for Bearer ${secret}`), {
    headers: { authorization: `Token ${secret}`, 'proxy-authorization': secret },
    request: { headers: { Authorization: secret } },
  });
  const lines = record('info', (log) => {
    log.info({ authorization: secret, 'proxy-authorization': secret, token: secret, password: secret }, 'a');
    log.info({ headers: { authorization: secret, cookie: secret, accept: 'json' } }, 'b');
    log.warn({ err: error, error: `authorization: Bearer ${secret}` }, 'c');
    log.child({ token: secret }).info('d');
  });
  assert.equal(JSON.stringify(lines).includes(secret), false, JSON.stringify(lines));
  assert.deepEqual(lines[1]?.headers, { authorization: '[redacted]', cookie: '[redacted]', accept: 'json' });
  assert.equal(lines[2]?.error, 'authorization: Bearer [redacted]');
});

test('without a stream the log goes to standard error, complete even when the process exits at once', () => {
  const module = new URL('../../../src/telemetry/log.ts', import.meta.url).href;
  const script = `import { createLog } from ${JSON.stringify(module)};
    createLog({ level: 'info' }).info('last words');
    process.exit(3);`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  assert.equal(status, 3);
  assert.equal(stdout, '');
  assert.equal(JSON.parse(stderr).msg, 'last words');
});
