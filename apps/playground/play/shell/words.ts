/**
 * A line of the shell as commands: words with POSIX's quotes, `>` and `>>`, `;` and `&&`, and comments.
 * Nothing is expanded.
 *
 *   echo 'two words' > "a file"; cat a\ file   # and so on
 */

/** Where a command's output goes. */
export interface Redirect {
  readonly path: string;
  readonly appends: boolean;
}

export interface SimpleCommand {
  readonly words: readonly string[];
  readonly to: Redirect | null;
  /** Whether it runs only if the one before succeeded: `&&`. */
  readonly ifSucceeded: boolean;
}

/** A line that is none. The message is what a shell says. */
export class LineSyntaxError extends Error {
  readonly code = 'GLOSSA_SHELL';
}

type Token = { readonly word: string } | { readonly operator: string };

const OPERATORS = ['&&', '>>', '>', ';'];
/** What shells have, and this one has not. Between quotes it is a letter. */
const ABSENT = '|<&`';
const BLANK = /\s/;
/** Of what is between double quotes, a backslash takes only these for what they are. */
const ESCAPED_IN_QUOTES = '"\\$`';

/** What is typed of a word that may go on, and whether it is inside of quotes. */
interface Piece {
  readonly text: string;
  readonly next: number;
}

function quoted(line: string, at: number): Piece {
  const quote = line[at]!;
  let text = '';
  for (let i = at + 1; i < line.length; i++) {
    const letter = line[i]!;
    if (letter === quote) return { text, next: i + 1 };
    const escapes = quote === '"' && letter === '\\' && i + 1 < line.length;
    if (escapes && ESCAPED_IN_QUOTES.includes(line[i + 1]!)) i += 1;
    text += line[i]!;
  }
  throw new LineSyntaxError(`unexpected end of line while looking for matching ${quote}`);
}

function wordAt(line: string, from: number): Piece {
  let text = '';
  let at = from;
  while (at < line.length && !BLANK.test(line[at]!) && operatorAt(line, at) === undefined) {
    const letter = line[at]!;
    if (ABSENT.includes(letter)) {
      throw new LineSyntaxError(`this shell has no '${letter}': help says what there is`);
    }
    if (letter === "'" || letter === '"') {
      const piece = quoted(line, at);
      text += piece.text;
      at = piece.next;
    } else if (letter === '\\' && at + 1 < line.length) {
      text += line[at + 1]!;
      at += 2;
    } else {
      text += letter;
      at += 1;
    }
  }
  return { text, next: at };
}

const operatorAt = (line: string, at: number): string | undefined =>
  OPERATORS.find((operator) => line.startsWith(operator, at));

function tokens(line: string): Token[] {
  const found: Token[] = [];
  for (let at = 0; at < line.length; ) {
    const operator = operatorAt(line, at);
    if (BLANK.test(line[at]!)) at += 1;
    else if (line[at] === '#') break;
    else if (operator !== undefined) {
      found.push({ operator });
      at += operator.length;
    } else {
      const { text, next } = wordAt(line, at);
      found.push({ word: text });
      at = next;
    }
  }
  return found;
}

const unexpected = (token: Token | undefined): LineSyntaxError => {
  const found = token === undefined ? 'newline' : 'word' in token ? token.word : token.operator;
  return new LineSyntaxError(`syntax error near unexpected token '${found}'`);
};

/** @throws {LineSyntaxError} */
export function parseLine(line: string): SimpleCommand[] {
  const commands: SimpleCommand[] = [];
  const left = tokens(line);
  let ifSucceeded = false;
  while (left.length > 0) {
    const words: string[] = [];
    let to: Redirect | null = null;
    let end: string | undefined;
    while (left.length > 0 && end === undefined) {
      const token = left.shift()!;
      if ('word' in token) words.push(token.word);
      else if (token.operator === '>' || token.operator === '>>') {
        const path = left.shift();
        if (path === undefined || !('word' in path)) throw unexpected(path);
        to = { path: path.word, appends: token.operator === '>>' };
      } else end = token.operator;
    }
    if (words.length === 0) throw unexpected(end === undefined ? undefined : { operator: end });
    commands.push({ words, to, ifSucceeded });
    ifSucceeded = end === '&&';
    if (ifSucceeded && left.length === 0) throw unexpected(undefined);
  }
  return commands;
}

const PLAIN = /^[\w@%+=:,./-]+$/;

/** As it is typed, so that it is one word. */
export const quoteWord = (word: string): string =>
  PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** The line that these commands are read from again. */
export function formatLine(commands: readonly SimpleCommand[]): string {
  return commands
    .map(({ words, to, ifSucceeded }, at) => {
      const before = at === 0 ? '' : ifSucceeded ? ' && ' : '; ';
      const after = to === null ? '' : ` ${to.appends ? '>>' : '>'} ${quoteWord(to.path)}`;
      return before + words.map(quoteWord).join(' ') + after;
    })
    .join('');
}
