/** The table of log messages in deploy/README.md is what the code logs: people search and alert by these texts. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { readTable } from '../../support/markdown-table.ts';

const root = join(import.meta.dirname, '../../..');
const levels = ['debug', 'info', 'warn', 'error', 'fatal'];

interface Message {
  /** File and line. */
  readonly place: string;
  readonly level: string;
  /** Undefined where it is no literal. */
  readonly text: string | undefined;
}

const messages = listMessages();

test('each message is a constant, so that it can be searched for', () => {
  const varying = messages.filter(({ text }) => text === undefined);
  assert.deepEqual(
    varying.map(({ place }) => place),
    [],
    'write the message as a literal and what varies as a field',
  );
});

test('the table in deploy/README.md has every message with its levels, and no other', () => {
  const logged = new Map<string, Set<string>>();
  for (const { text = '', level } of messages) logged.set(text, (logged.get(text) ?? new Set()).add(level));
  assert.ok(logged.size > 10, 'the scan finds too little: is the log called otherwise by now?');
  const inCode = [...logged].map(([text, at]) => `${text} | ${levels.filter((level) => at.has(level)).join(', ')}`);
  assert.deepEqual(listDocumented().sort(), inCode.sort());
});

/** Calls of `log.info(…)` and its like, whatever the log belongs to. */
function listMessages(): readonly Message[] {
  const found: Message[] = [];
  for (const file of globSync('src/**/*.ts', { cwd: root })) {
    const text = readFileSync(join(root, file), 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    visit(source);
    function visit(node: ts.Node): void {
      if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
        const { expression: owner, name } = node.expression;
        if (levels.includes(name.text) && /\blog(?:ger)?$/i.test(owner.getText(source))) {
          const last = node.arguments.at(-1);
          const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
          const isConstant = last !== undefined && ts.isStringLiteral(last);
          found.push({ place: `${file}:${line + 1}`, level: name.text, text: isConstant ? last.text : undefined });
        }
      }
      ts.forEachChild(node, visit);
    }
  }
  return found;
}

function listDocumented(): string[] {
  return readTable('deploy/README.md', ['message', 'level', 'meaning']).map(
    ([message = '', level = '', meaning = '']) => {
      assert.match(message, /^`.+`$/);
      assert.ok(meaning.length > 10, `${message}: what does it mean?`);
      return `${message.slice(1, -1)} | ${level}`;
    },
  );
}
