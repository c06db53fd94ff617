import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv } from 'ajv';
import { annotationForms } from '../../deploy/generate/annotations.ts';
import { type Document, readDocuments } from '../../src/cli/documents.ts';
import { formatProblems, renderDocuments } from '../../src/cli/offline.ts';
import { judgeConfiguration } from '../../src/config/judge.ts';
import { controllers } from '../../src/dialects/registry.ts';
import { listRunHere, notRun, provedElsewhere } from '../docs/commands.ts';
import {
  listAnchors,
  listCommands,
  listLocalLinks,
  listSamples,
  pages,
  readPage,
  readSection,
  root,
} from '../docs/markdown.ts';

const samples = pages.flatMap(listSamples);
const commands = samples.flatMap((sample) => listCommands(sample).map((command) => ({ place: sample.place, command })));

/** Samples of YAML that only an API server or a tool can judge, and the test that asks it. */
const judgedInCluster: Readonly<Record<string, string>> = {
  ClusterIssuer: 'test/docs/samples.test.ts',
  Kustomization: 'test/docs/samples.test.ts',
  ValidatingAdmissionPolicy: 'test/docs/host-policy.test.ts',
  ValidatingAdmissionPolicyBinding: 'test/docs/host-policy.test.ts',
};

describe('the pages', () => {
  test('are found', () => {
    for (const page of ['README.md', 'deploy/README.md', 'crds/README.md', 'src/README.md']) {
      assert.ok(pages.includes(page), page);
    }
    assert.ok(samples.length > 10, `${samples.length} samples`);
  });

  test('begin with a README of at most 200 lines', () => {
    const { length } = readPage('README.md').trimEnd().split('\n');
    assert.ok(length <= 200, `README.md has ${length} lines: move what is no first page to another one`);
  });

  test('link to files and headings that are there', () => {
    const broken = pages.flatMap((page) =>
      listLocalLinks(page)
        .filter((target) => !leadsSomewhere(page, target))
        .map((target) => `${page}: ${target}`),
    );
    assert.deepEqual(broken, []);
    for (const target of ['gone.md', 'deploy/README.md#nowhere', '#nowhere', 'LICENSE#nowhere']) {
      assert.equal(leadsSomewhere('README.md', target), false, target);
    }
  });

  test('say of each sample what it is', () => {
    const known = ['sh', 'yaml', 'console', 'text'];
    // A picture may do without a word; in the pages for users every block says what it is.
    const bare = samples.filter(
      ({ language, place }) => !known.includes(language) && !(language === '' && place.startsWith('src/')),
    );
    assert.deepEqual(
      bare.map(({ place, language }) => `${place}: \`\`\`${language}, must be one of ${known.join(', ')}`),
      [],
    );
  });
});

describe('commands of the pages', () => {
  test('are run by a test, or it is said why not', () => {
    const runHere = listRunHere();
    const undecided = commands.filter(
      ({ command }) => !runHere.has(command) && !(command in provedElsewhere) && !(command in notRun),
    );
    const cure = "run it in test/docs/samples.test.ts by sh('…'), or decide in test/docs/commands.ts";
    assert.deepEqual(
      undecided.map(({ place, command }) => `${place}: ${command}: ${cure}`),
      [],
    );
  });

  test('are all that is decided about', () => {
    const shown = new Set(commands.map(({ command }) => command));
    const stale = [...Object.keys(provedElsewhere), ...Object.keys(notRun)].filter((command) => !shown.has(command));
    assert.deepEqual(stale, [], 'no page shows these any more: remove them from test/docs/commands.ts');
  });

  for (const [command, { file, words }] of Object.entries(provedElsewhere)) {
    test(`\`${command}\` is what ${file} proves`, () => {
      assert.ok(readPage(file).includes(words), `${file} does not say ${words} any more`);
    });
  }

  test('of npm are scripts that exist', () => {
    const { scripts } = JSON.parse(readPage('package.json')) as { scripts: Readonly<Record<string, string>> };
    const named = pages.flatMap((page) =>
      [...readPage(page).matchAll(/\bnpm run ([a-z:]+)/g)].map(([, script = '']) => ({ page, script })),
    );
    assert.ok(named.length > 5, `${named.length} scripts`);
    assert.deepEqual(
      named.filter(({ script }) => !(script in scripts)),
      [],
    );
    const files = Object.values(scripts).flatMap((script) => script.match(/(?<=^|\s)[\w./-]+\.ts\b/g) ?? []);
    assert.deepEqual(
      files.filter((file) => !existsSync(join(root, file))),
      [],
    );
  });
});

describe('YAML of the pages', () => {
  for (const sample of samples.filter(({ language }) => language === 'yaml')) {
    test(`${sample.place} is right`, () => {
      const documents = readDocuments(sample.text, sample.place);
      assert.ok(documents.length > 0, 'the block is empty');
      for (const document of documents) assert.deepEqual(judge(document), [], sample.place);
    });
  }
});

describe('the security section', () => {
  const section = readSection('deploy/README.md', 'Security');
  const prefix = 'nginx.ingress.kubernetes.io/';

  test('lists the annotations that are emitted, and no other', () => {
    const listed = /^Emitted: (.*?)\.$/ms.exec(section)?.[1]?.match(/(?<=`)[a-z-]+(?=`)/g) ?? [];
    const f5 = /^Emitted for F5 NGINX: (.*?)\.$/ms.exec(section)?.[1]?.match(/(?<=`)[a-z./-]+(?=`)/g) ?? [];
    const names = [
      ...listed.map((name) => `${prefix}${name}`),
      ...f5.map((name) => (name.includes('/') ? name : `nginx.org/${name}`)),
    ];
    assert.deepEqual(names.sort(), Object.keys(annotationForms).sort());
  });

  test('lists no annotation as never emitted that is', () => {
    const listed = /^Never emitted: (.*?)\.$/ms.exec(section)?.[1]?.match(/(?<=`)[a-z*-]+(?=`)/g) ?? [];
    assert.ok(listed.length > 10, `${listed.length} annotations`);
    const emitted = Object.keys(annotationForms).map((name) => name.slice(name.indexOf('/') + 1));
    for (const pattern of listed) {
      const form = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
      assert.deepEqual(
        emitted.filter((name) => form.test(name)),
        [],
        pattern,
      );
    }
  });
});

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || (file.endsWith('.md') && listAnchors(file).has(anchor));
}

/** What is wrong with a document, by the code that would read it. */
function judge(document: Document): readonly string[] {
  if (!document.isReadable) return [document.because];
  const { object } = document;
  const { kind, apiVersion } = object;
  if (kind === 'WssRoute') {
    return renderDocuments([document], { controller: controllers[0] ?? '' }).flatMap(formatProblems);
  }
  if (kind === 'OperatorConfiguration') {
    const judgement = judgeConfiguration(object);
    return judgement.isValid ? [] : judgement.problems.map(({ path, expected }) => `${path}: ${expected}`);
  }
  if (kind === undefined && apiVersion === undefined) return judgeValues(object);
  const file = judgedInCluster[String(kind)];
  if (file === undefined) return [`${kind}: say in test/unit/docs.test.ts who judges it`];
  return existsSync(join(root, file)) ? [] : [`${file} is not there`];
}

/** Values of the chart, by its closed schema; whether they fit together, helm says in the cluster part. */
function judgeValues(values: Readonly<Record<string, unknown>>): readonly string[] {
  const schema = JSON.parse(readFileSync(join(root, 'deploy/chart/values.schema.json'), 'utf8'));
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  if (validate(values)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}
