/** The page with the table between the marks of a name, `<!-- name: … -->` and `<!-- /name -->`, written anew. Throws where they are missing. */
export function insertTable(page: string, name: string, header: string, rows: readonly string[]): string {
  const block = new RegExp(`(<!-- ${name}:[^\\n]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!block.test(page)) throw new Error(`the page has no <!-- ${name}: … --> block`);
  return page.replace(block, (_all, start: string, end: string) => `${start}${header}${rows.join('')}${end}`);
}
