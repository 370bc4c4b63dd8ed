/**
 * Text that a spreadsheet program would take for a formula (CSV injection, OWASP): a name from a school's file must never become
 * one in the bureau's. Full-width signs count too: some programs narrow them on opening.
 */
export const formulaLike = (text: string): boolean => /^[=+\-@\t\r＝＋－＠]/.test(text)

/** The same text for a cell of a file that is opened in a spreadsheet program: formula-like text gets an apostrophe in front, plain numbers stay numbers. */
export const safeCell = (text: string): string =>
  formulaLike(text) && !/^[+-]?\d+(\.\d+)?$/.test(text) ? `'${text}` : text
