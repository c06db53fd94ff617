/** Characters that would act on a terminal, break a line, or that nobody sees: controls, formats such as bidi marks, separators. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** One line of plain text: whatever nobody sees becomes a space. For words of other programs and of people. */
export function toOneLine(text: string): string {
  return text.replace(unseen, ' ').replace(/ {2,}/g, ' ').trim();
}

/** The same text with whatever nobody sees written as `\\u202e`, so that it shows. */
export function escapeUnseen(text: string): string {
  return text.replace(unseen, (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`);
}
