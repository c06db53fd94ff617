/** What holds everywhere in the repository and no compiler, linter or import rule can see. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite, test } from 'node:test';
import { allExtensions } from 'dependency-cruiser';

const root = join(import.meta.dirname, '..');
const sources = listFiles('src').filter((file) => file.endsWith('.ts'));
const written = sources.filter((file) => !file.endsWith('.generated.ts'));
const tests = listFiles('test').filter((file) => file.endsWith('.test.ts'));

suite('imports', () => {
  test('dependency-cruiser can read TypeScript, without which its check would find nothing', () => {
    const isReadable = allExtensions.some(({ extension, available }) => extension === '.ts' && available);
    assert.ok(
      isReadable,
      'package.json: dependency-cruiser needs a `typescript` below 7, next to `@typescript/native`',
    );
  });

  test('every folder of src has import rules', () => {
    const rules = read('.dependency-cruiser.json');
    const folders = new Set(sources.map((file) => file.split('/')[1] ?? '').filter((name) => !name.endsWith('.ts')));
    const rest = [...folders].filter(
      (name) => name !== 'cli' && !rules.includes(`"from": { "path": "^src/${name}/" }`),
    );
    refuse(rest, (name) => `src/${name}: say in .dependency-cruiser.json what it may import`);
  });
});

suite('pure code', () => {
  const impurities: Readonly<Record<string, RegExp>> = {
    'reads the clock: take the time as an argument': /\bDate\.now\b|(?<!new )\bDate\(|\bnew Date(?:\(\s*\)|(?!\w|\())/,
    'reads a clock or waits: take the time as an argument':
      /\bperformance\s*[.[]|\b(?:setTimeout|setInterval|setImmediate)\(/,
    'is random: take a source of randomness as an argument': /\bMath\.random\b|\bcrypto\s*[.[]/,
    'reads the environment: take the setting as an argument': /\bprocess\s*(?:\?\.|[.[])|(?<!')\bglobalThis\b/,
    'prints: return what there is to say': /\bconsole\s*[.[]/,
    'goes to the network: that is for kube/': /\bfetch\(|\bnew WebSocket\(/,
    'depends on the locale of the machine: compare with < and format by hand':
      /\.localeCompare\(|\.toLocale\w+\(|\bIntl\./,
  };
  for (const [what, pattern] of Object.entries(impurities)) {
    test(`nothing in api, route, dialects, config, state, scan, lint, import or migrate ${what.split(':')[0]}`, () => {
      const pure = written.filter((file) =>
        /^src\/(api|route|dialects|config|state|scan|lint|import|migrate)\//.test(file),
      );
      assert.ok(pure.length > 0, 'the pure folders have moved: name them here');
      refuse(findLines(pure, pattern), (place) => `${place} ${what}`);
    });
  }
});

suite('files', () => {
  test('none in src or deploy is longer than 250 lines', () => {
    const code = [...written, ...listFiles('deploy').filter((file) => file.endsWith('.ts'))];
    const long = code.filter((file) => read(file).trimEnd().split('\n').length > 250);
    refuse(long, (file) => `${file} has more than 250 lines: split it by what its parts are about`);
  });

  test('each is named after what it is, in kebab-case', () => {
    const vague = /^(?:utils?|helpers?|commons?|types?|misc|shared|index)$/;
    const named = [...sources, ...['test', 'crds', 'deploy'].flatMap(listFiles)].filter((file) => file.endsWith('.ts'));
    const isVague = (file: string) => file.split('/').some((part) => vague.test(part.replace(/\.[a-z.]+$/, '')));
    refuse(named.filter(isVague), (file) => `${file}: a name that could hold anything; name it after its one export`);
    const misnamed = named.filter((file) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)?\.ts$/.test(basename(file)));
    refuse(misnamed, (file) => `${file}: rename it in kebab-case`);
  });

  test('only main.ts and cli/ end the process or write to standard output', () => {
    const pattern = /\bprocess\s*\.\s*(?:exit|exitCode|abort|stdout)\b|\bconsole\s*[.[]/;
    const inner = written.filter((file) => file !== 'src/main.ts' && !file.startsWith('src/cli/'));
    refuse(findLines(inner, pattern), (place) => `${place} ends the process or prints: return or log it instead`);
  });

  test('the top level is src, deploy, crds, test and a few files', (t) => {
    const allowed =
      /^(?:src|deploy|crds|test)\/|^\.|^(?:package(?:-lock)?\.json|tsconfig\.json|Dockerfile|README\.md|LICENSE)$/;
    const rest = listOwnFiles()?.filter((file) => !allowed.test(file));
    if (rest === undefined)
      return t.skip('this is no git repository, so files of the project cannot be told from others');
    refuse(rest, (file) => `${file}: move it into src, deploy, crds or test`);
  });

  test('none names a path of the machine that it was written on', (t) => {
    const files = listOwnFiles();
    if (files === undefined)
      return t.skip('this is no git repository, so files of the project cannot be told from others');
    const places = findLines(files, /(?<![\w.~*-])\/(?:work|root|home)\//, { withComments: true });
    refuse(places, (place) => `${place} names a path that exists on one machine only: make it relative`);
  });

  test('generated ones follow from what they are generated from', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['crds/generate.ts', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(status, 0, `run \`npm run generate\`: ${stdout}${stderr}`);
  });
});

suite('tests', () => {
  test('none is skipped, left to do or singled out without a reason', () => {
    const pattern =
      /\b(?:test|it|suite|describe)\.(?:only|skip|todo)\b|\b(?:only|skip|todo): true\b|\bt\.(?:skip|todo)\(\s*\)/;
    const cure = "give the reason, `{ skip: isMissing && 'needs …' }`, and never commit `only`";
    refuse(findLines(tests, pattern), (place) => `${place}: ${cure}`);
  });
});

suite('packages', () => {
  test('are pinned to exact versions', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'));
    const versions: readonly (readonly [string, unknown])[] = Object.entries({
      ...dependencies,
      ...devDependencies,
      ...optionalDependencies,
    });
    const exact = /^(?:npm:(?:@[\w-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/;
    const loose = versions.filter(([, version]) => !exact.test(String(version)));
    assert.ok(versions.length > 0, 'package.json names no package');
    refuse(loose, ([name, version]) => `package.json: ${name} is ${version}; write one exact version`);
  });

  test('are locked with a checksum and without an address', () => {
    const locked = Object.entries(readLock()).filter(([path]) => path !== '');
    const bare = locked.filter(([, { integrity }]) => integrity === undefined);
    refuse(bare, ([path]) => `package-lock.json: ${path} has no integrity; run \`npm install\` again`);
    const addressed = locked.filter(([, { resolved }]) => resolved !== undefined);
    const cure = 'keep omit-lockfile-registry-resolved in .npmrc and run `npm install`';
    refuse(addressed, ([path, { resolved }]) => `package-lock.json: ${path} comes from ${resolved}; ${cure}`);
    assert.doesNotMatch(read('.npmrc'), /registry\s*=\s*https?:/, '.npmrc: which registry serves is up to the machine');
  });

  test('are all in the lock file, those of other platforms too, without which `npm ci` refuses to work', () => {
    const lock = readLock();
    const missing = Object.entries(lock).flatMap(([path, { dependencies, devDependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
        .filter((name) => !isLocked(lock, path, name))
        .map((name) => `${name}, which ${path === '' ? 'package.json' : path} needs`),
    );
    const cure = 'choose a version that the registry has for every platform, delete the lock file, `npm install`';
    refuse(missing, (what) => `package-lock.json lacks ${what}: ${cure}`);
  });
});

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies?: object;
  readonly devDependencies?: object;
  readonly optionalDependencies?: object;
}

function readLock(): Readonly<Record<string, LockedPackage>> {
  return JSON.parse(read('package-lock.json')).packages;
}

/** Looks as Node.js would: in the package's own node_modules and in those of the folders around it. */
function isLocked(lock: Readonly<Record<string, LockedPackage>>, path: string, name: string): boolean {
  if (`${path === '' ? '' : `${path}/`}node_modules/${name}` in lock) return true;
  return path !== '' && isLocked(lock, path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))), name);
}

function refuse<Item>(found: readonly Item[], explain: (item: Item) => string): void {
  if (found.length > 0) assert.fail(`\n${found.map(explain).join('\n')}`);
}

/** `file:line` of each line that the pattern matches; lines that are only a comment do not count unless they are asked for. */
function findLines(
  files: readonly string[],
  pattern: RegExp,
  { withComments = false }: { readonly withComments?: boolean } = {},
): readonly string[] {
  return files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => {
        const isComment = !withComments && /^\s*(?:\/\/|\/?\*)/.test(line);
        return !isComment && pattern.test(line) ? [`${file}:${index + 1}`] : [];
      }),
  );
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

/** What is tracked by git or would be; undefined where git cannot say. */
function listOwnFiles(): readonly string[] | undefined {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) return undefined;
  return stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}
