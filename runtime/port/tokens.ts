/**
 * Python source as tokens, of which every character is in one: joined, they are the source again.
 * It reads Python 2 and 3, and anything else without complaint: what is no token of Python is one
 * of kind `other`, and a string that does not end goes to the end of its line, or of the text.
 *
 * Source of the forms: the Python 2.7 and 3 language references, "Lexical analysis".
 */

export type TokenKind =
  /** Blanks, a backslash with the line's end, and a byte order mark. */
  | 'space'
  /** The end of a line, whether or not a statement ends there. */
  | 'newline'
  | 'comment'
  | 'name'
  | 'number'
  | 'string'
  | 'op'
  | 'other';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** Brackets that are open before it. */
  readonly depth: number;
}

const FORMS: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /(?:[ \t\f\ufeff]|\\(?:\r\n|\r|\n))+/y],
  ['newline', /\r\n|\r|\n/y],
  ['comment', /#[^\r\n]*/y],
  [
    'string',
    /(?:[bBuUfFtT]?[rR]?|[rR][bBfFtT])(?:'''(?:\\[\s\S]|[^\\])*?(?:'''|$)|"""(?:\\[\s\S]|[^\\])*?(?:"""|$)|'(?:\\(?:\r\n|[\s\S])|[^\\'\r\n])*'?|"(?:\\(?:\r\n|[\s\S])|[^\\"\r\n])*"?)/y,
  ],
  [
    'number',
    /0[xX][\da-fA-F_]+[lL]?|0[bBoO][\d_]+[lL]?|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[jJlL]?/y,
  ],
  ['name', /[\p{L}\p{Nl}_][\p{L}\p{N}\p{Mn}\p{Mc}_]*/uy],
  [
    'op',
    /\*\*=|\/\/=|>>=|<<=|\.\.\.|<>|[-+*/%&|^@=!<>:]=|->|\*\*|\/\/|<<|>>|[-+*/%&|^@=<>()[\]{},:.;`~!]/y,
  ],
];

/** The tokens of a source, in order. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  let depth = 0;
  while (at < source.length) {
    const [kind, text] = next(source, at);
    tokens.push({ kind, text, line, depth });
    at += text.length;
    line += text.match(/\r\n|\r|\n/g)?.length ?? 0;
    if (kind === 'op' && '([{'.includes(text)) depth += 1;
    if (kind === 'op' && ')]}'.includes(text)) depth = Math.max(0, depth - 1);
  }
  return tokens;
}

function next(source: string, at: number): readonly [TokenKind, string] {
  for (const [kind, form] of FORMS) {
    form.lastIndex = at;
    const text = form.exec(source)?.[0];
    // The longest of what begins as a name is one, not the prefix of a string.
    if (text) return [kind, text];
  }
  return ['other', String.fromCodePoint(source.codePointAt(at)!)];
}

export const joined = (tokens: readonly Token[]): string => tokens.map(({ text }) => text).join('');

/** Whether a token says something: neither blanks, nor an end of line, nor a comment. */
export const speaks = ({ kind }: Token): boolean =>
  kind !== 'space' && kind !== 'newline' && kind !== 'comment';

/** Whether a string has its end. */
function isWhole(text: string): boolean {
  const bare = text.replace(/^[a-zA-Z]*/, '');
  const quotes = /^('''|""")/.exec(bare)?.[0] ?? bare[0]!;
  return (
    bare.length >= 2 * quotes.length &&
    /(?<!\\)(?:\\\\)*$/.test(bare.slice(0, -quotes.length)) &&
    bare.endsWith(quotes)
  );
}

/** The first bracket without its other one, or string without its end; undefined for none. */
export function openEnded(tokens: readonly Token[]): Token | undefined {
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.kind === 'string' && !isWhole(token.text)) return token;
    if (token.kind !== 'op') continue;
    if ('([{'.includes(token.text)) open.push(token);
    else if (')]}'.includes(token.text)) {
      const last = open.pop();
      if (last === undefined || !['()', '[]', '{}'].includes(last.text + token.text)) return token;
    }
  }
  return open[0];
}
