/** Writes a text as one word of a shell command, for commands that messages and scripts name. */

/** Texts that a POSIX shell reads as one unchanged word. */
const PLAIN_PATTERN = /^[\w./:=@%+,-]+$/;

/** Quotes a text for sh(1) if a shell would read it otherwise. */
export const quoteShellWord = (text: string): string =>
  PLAIN_PATTERN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
