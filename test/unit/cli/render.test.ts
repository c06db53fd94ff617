import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import { formatObjects, listRemarks } from '../../../src/cli/render.ts';
import { runProgram } from '../../support/run-program.ts';
import { spawnProgram } from '../../support/spawn-program.ts';

const chat = fileURLToPath(new URL('../../../deploy/examples/chat.yaml', import.meta.url));
const object = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x' },
  data: { long: 'a '.repeat(200), yes: 'yes', number: '5', date: '2026-01-01', text: 'a: b #c' },
};

describe('formatted objects', () => {
  test('are YAML that is read back as it was, with quotes where old readers need them', () => {
    assert.deepEqual(loadAll(formatObjects([object, object], 'yaml')), [object, object]);
    assert.match(formatObjects([object], 'yaml'), /'yes': 'yes'/);
  });

  test('do not point at one another where they share a part', () => {
    const part = { a: 'b' };
    const sharing = { ...object, metadata: { name: 'x', labels: part, annotations: part } };
    assert.doesNotMatch(formatObjects([sharing], 'yaml'), /[&*]/);
  });

  test('are one List as JSON', () => {
    assert.deepEqual(JSON.parse(formatObjects([object], 'json')), { apiVersion: 'v1', kind: 'List', items: [object] });
  });

  test('are nothing, or an empty List, when there are none', () => {
    assert.equal(formatObjects([], 'yaml'), '');
    assert.deepEqual(JSON.parse(formatObjects([], 'json')).items, []);
  });
});

describe('remarks', () => {
  test('say that there is no route among the documents', () => {
    assert.deepEqual(listRemarks([]), ['warning: there is no WssRoute among the documents']);
  });
});

describe('`wss render`', () => {
  test('prints the objects and nothing else, and ends with 0', async () => {
    const { code, stdout, stderr } = await runProgram(['render', '-f', chat]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(loadAll(stdout).length, 2);
  });

  test('prints what is good of standard input, says what is wrong, and ends with 1', async () => {
    const good =
      'apiVersion: wssroute.dev/v1alpha1\nkind: WssRoute\nmetadata: { name: a }\nspec: { hosts: [a.example.com], ingressClassName: nginx, tls: { secretName: a }, paths: [{ service: { name: a, port: 80 } }] }\n';
    const bad = good.replace('name: a }', 'name: B }');
    const { code, stdout, stderr } = await spawnProgram(['render', '-f', '-', '-o', 'json'], `${bad}---\n${good}`);
    assert.equal(code, 1);
    assert.equal(JSON.parse(stdout).items.length, 1);
    assert.equal(
      stderr,
      'error: standard input, document 1: WssRoute B: metadata.name: found "B", must be lowercase letters, digits, "-" and ".", at most 253 characters\n',
    );
  });

  test('names a file that is not there, renders the others, and ends with 1', async () => {
    const { code, stdout, stderr } = await runProgram(['render', '-f', `${chat}.missing`, chat]);
    assert.equal(code, 1);
    assert.equal(loadAll(stdout).length, 2);
    assert.match(stderr, /^error: \S+\.missing: document: must be a readable file: ENOENT/);
  });
});
