import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An npm package of which something is in the bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Absolute path. */
  readonly directory: string;
}

/** The packages that the files of a bundle come from, each once, by name. */
export function listBundledPackages(root: string, files: readonly string[]): readonly BundledPackage[] {
  const directories = new Set(files.map(packageDirectory).filter((directory) => directory !== undefined));
  return [...directories]
    .map((directory) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'));
      return { name, version, license: String(license), directory: join(root, directory) };
    })
    .sort((a, b) => (identify(a) < identify(b) ? -1 : 1));
}

/** `name@version`, as npm writes it. */
export function identify({ name, version }: Pick<BundledPackage, 'name' | 'version'>): string {
  return `${name}@${version}`;
}

/** Up to the innermost `node_modules/<name>`; undefined for the repository's own files. */
function packageDirectory(file: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
}
