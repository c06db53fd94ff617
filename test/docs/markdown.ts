import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Every page of the repository, as a path from its top. */
export const pages: readonly string[] = globSync(['*.md', '{src,deploy,crds,test}/**/*.md'], { cwd: root }).sort();

/** A fenced block of a page. */
export interface Sample {
  /** `file:line` of its first line. */
  readonly place: string;
  /** What stands after the fence: `sh`, `yaml` …; empty where nothing does. */
  readonly language: string;
  readonly text: string;
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

export function listSamples(page: string): readonly Sample[] {
  const samples: Sample[] = [];
  let open: { readonly language: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, line] of readPage(page).split('\n').entries()) {
    const fence = /^ *```(\S*)/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open === undefined) open = { language: fence[1] ?? '', line: index + 2, lines: [] };
    else {
      samples.push({ place: `${page}:${open.line}`, language: open.language, text: `${open.lines.join('\n')}\n` });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${page}:${open.line}: the block has no end`);
  return samples;
}

/**
 * The commands of a sample, without comments: the lines of `sh` taken apart at `&&`, and what stands after `$ ` in `console`. A line
 * that ends in a backslash goes on in the next one.
 */
export function listCommands({ language, text }: Sample): readonly string[] {
  const lines = text.replaceAll(/\\\n\s*/g, '').split('\n');
  const typed =
    language === 'console' ? lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2)) : lines;
  if (language !== 'console' && language !== 'sh') return [];
  return typed
    .map((line) => line.replace(/(?:^|\s+)#\s.*$/, '').trim())
    .filter((line) => line !== '')
    .flatMap((line) => line.split(' && '));
}

/** A page without its fenced blocks: headings and links in those are none. */
export function readProse(page: string): string {
  return readPage(page).replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
}

/** Where links to a page can lead, as GitHub makes anchors of headings: `## Try it` is `try-it`, a second one `try-it-1`. */
export function listAnchors(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of readProse(page).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let copies = 1; anchors.has(anchor); copies += 1) anchor = `${slug}-${copies}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Targets of the links of a page that do not lead to another site. */
export function listLocalLinks(page: string): readonly string[] {
  const prose = readProse(page).replaceAll(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** The text from a heading `## …` to the next one. */
export function readSection(page: string, heading: string): string {
  const [, section] = readPage(page).split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`${page} has no section ${heading}`);
  return section.split(/\n## /)[0] ?? '';
}
