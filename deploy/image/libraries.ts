import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';

/** A shared library that a program needs. */
export interface Library {
  /** Where the program looks for it. */
  readonly path: string;
  /** The file itself, when `path` is a symbolic link. */
  readonly source: string;
  /** The Debian package that it belongs to. */
  readonly debianPackage: string;
}

/** The shared libraries of a program and the loader, by the loader itself. Needs Debian. */
export function listLibraries(program: string): readonly Library[] {
  const output = execFileSync('ldd', [program], { encoding: 'utf8' });
  const missing = output.split('\n').filter((line) => line.includes('not found'));
  if (missing.length > 0) throw new Error(`${program} lacks libraries:\n${missing.join('\n')}`);
  // "libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)", and for the loader "/lib64/ld-linux-x86-64.so.2 (0x…)".
  const paths = [...output.matchAll(/(?:^|=>)\s*(\/\S+) \(0x/gm)].map(([, path = '']) => path);
  if (paths.length === 0) throw new Error(`${program} is linked statically or ldd says something new:\n${output}`);
  return paths.sort().map((path) => ({ path, source: realpathSync(path), debianPackage: findPackage(path) }));
}

/** dpkg's record of a package, as scanners of images read it from /var/lib/dpkg/status.d. */
export function describePackage(name: string): string {
  return execFileSync('dpkg-query', ['--status', name], { encoding: 'utf8' });
}

/** dpkg knows a file by the path that the package has it under, which the merge of / into /usr has left at random. */
function findPackage(path: string): string {
  const source = realpathSync(path);
  const names = [path, source, source.replace(/^\/usr/, ''), path.replace(/^\/lib64\//, '/lib/x86_64-linux-gnu/')];
  for (const name of names) {
    try {
      const [found = ''] = execFileSync('dpkg-query', ['--search', name], { encoding: 'utf8', stdio: 'pipe' }).split(
        ':',
      );
      return found;
    } catch {
      // dpkg-query fails when no package has that path.
    }
  }
  throw new Error(`no Debian package has ${path}`);
}
