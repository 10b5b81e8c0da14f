/**
 * Parses a shell line into commands: words with POSIX quotes, `>` and `>>`, `;` and `&&`, and
 * comments. It expands neither variables nor patterns.
 *
 *   echo 'two words' > "a file"; cat a\ file   # and so on
 */

/** One command of a line, with the file for its output. */
export interface SimpleCommand {
  readonly words: readonly string[];
  /** The file for the output, after `>` or (`appends`) `>>`; null: the terminal. */
  readonly outputFile: { readonly path: string; readonly appends: boolean } | null;
  /** Whether it runs only if the command before it succeeded: `&&`. */
  readonly ifSucceeded: boolean;
}

/** Thrown for a syntax error, with the message of a shell. */
export class LineSyntaxError extends Error {
  readonly code = 'GLOSSA_SHELL';
}

/** A word without its quotes, or one of the operators `;`, `&&`, `>` and `>>`. */
type Token = { readonly word: string } | { readonly operator: string };

/** Matches blanks, a comment, an operator (group 1), or a word with its quotes (group 2). */
const TOKEN_PATTERN =
  /\s+|#.*|(&&|>>|>|;)|((?:[^\s&>;|<`'"\\]|\\.|\\$|'[^']*'|"(?:\\.|[^"\\])*")+)/sy;

/** Matches what a backslash escapes between double quotes. */
const ESCAPED_IN_QUOTES = /\\(["\\$`])/g;

/** Removes a word's quotes and backslashes. */
const unquote = (word: string): string =>
  word.replace(
    /\\(.)|'([^']*)'|"((?:\\.|[^"\\])*)"/gs,
    (_, bare?: string, single?: string, double?: string) =>
      bare ?? single ?? double!.replace(ESCAPED_IN_QUOTES, '$1'),
  );

/** Splits a line into words and operators. @throws {LineSyntaxError} */
function tokenize(line: string): Token[] {
  const tokens: Token[] = [];
  for (let position = 0; position < line.length; position = TOKEN_PATTERN.lastIndex) {
    TOKEN_PATTERN.lastIndex = position;
    const match = TOKEN_PATTERN.exec(line);
    const character = line[position]!;
    if (match === null) {
      throw new LineSyntaxError(
        `'"`.includes(character)
          ? `unexpected end of line while looking for matching ${character}`
          : `this shell has no '${character}': help lists its commands`,
      );
    }
    const [, operator, word] = match;
    if (operator !== undefined) tokens.push({ operator });
    if (word !== undefined) tokens.push({ word: unquote(word) });
  }
  return tokens;
}

/** Makes the error for an unexpected token. @param token undefined: the end of the line */
const makeTokenError = (token: Token | undefined): LineSyntaxError => {
  const tokenText = token === undefined ? 'newline' : 'word' in token ? token.word : token.operator;
  return new LineSyntaxError(`syntax error near unexpected token '${tokenText}'`);
};

/** Parses a line. @throws {LineSyntaxError} */
export function parseLine(line: string): SimpleCommand[] {
  const commands: SimpleCommand[] = [];
  const remaining = tokenize(line);
  let ifSucceeded = false;
  while (remaining.length > 0) {
    const words: string[] = [];
    let outputFile: SimpleCommand['outputFile'] = null;
    let endToken: Token | undefined;
    while (remaining.length > 0 && endToken === undefined) {
      const token = remaining.shift()!;
      if ('word' in token) words.push(token.word);
      else if (token.operator[0] !== '>') endToken = token;
      else {
        const path = remaining.shift();
        if (path === undefined || !('word' in path)) throw makeTokenError(path);
        outputFile = { path: path.word, appends: token.operator === '>>' };
      }
    }
    if (words.length === 0) throw makeTokenError(endToken);
    commands.push({ words, outputFile, ifSucceeded });
    ifSucceeded = endToken !== undefined && 'operator' in endToken && endToken.operator === '&&';
    if (ifSucceeded && remaining.length === 0) throw makeTokenError(undefined);
  }
  return commands;
}

/** Matches words that need no quotes. */
const PLAIN_WORD_PATTERN = /^[\w@%+=:,./-]+$/;

/** Quotes a word for typing, if necessary. */
export const quoteWord = (word: string): string =>
  PLAIN_WORD_PATTERN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
