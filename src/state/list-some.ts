const shown = 8;

/** The first of many texts, and how many more there are: messages are read by people. */
export function listSome(texts: readonly string[]): string {
  const some = texts.slice(0, shown).join(', ');
  return texts.length > shown ? `${some} and ${texts.length - shown} more` : some;
}
