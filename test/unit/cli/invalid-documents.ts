import { readdirSync, readFileSync } from 'node:fs';
import { readDocuments } from '../../../src/cli/documents.ts';

/** An invalid route of `test/invalid`, with what its comments say of it. */
export interface InvalidDocument {
  readonly file: string;
  readonly title: string;
  /** The field that must be named. */
  readonly field: string;
  /** What the message must contain. */
  readonly says: string;
  readonly object: Readonly<Record<string, unknown>>;
}

const folder = new URL('../../invalid/', import.meta.url);

/** The files of the corpus: name and content. */
export const invalidFiles: ReadonlyMap<string, string> = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => [file, readFileSync(new URL(file, folder), 'utf8')]),
);

/** Every document of the corpus. */
export const invalidDocuments: readonly InvalidDocument[] = [...invalidFiles].flatMap(([file, content]) =>
  content
    .split(/^---$/m)
    .filter((part) => part.includes('# field: '))
    .map((part) => {
      const [title = '', field, says, ...more] = [...part.matchAll(/^# (.*)$/gm)].map(([, comment = '']) => comment);
      const [document, ...others] = readDocuments(part, file);
      if (more.length > 0 || others.length > 0 || document?.isReadable !== true) throw new Error(`${file}: ${part}`);
      return { file, title, field: valueIn('field', field), says: valueIn('says', says), object: document.object };
    }),
);

function valueIn(name: string, comment = ''): string {
  if (!comment.startsWith(`${name}: `)) throw new Error(`not "# ${name}: …": "# ${comment}"`);
  return comment.slice(name.length + 2);
}
