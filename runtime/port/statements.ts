/** Python's tokens as statements, and the parts of expressions that changes are about. */
import { joined, speaks, type Token, tokenize } from './tokens.ts';

/** A simple statement, or the head of a compound one up to its colon: indices of speaking tokens. */
export type Statement = readonly number[];

const COMPOUND = /^(if|elif|else|for|while|try|except|finally|with|def|class|async|match|case)$/;

/** A source with the places where its statements are. */
export class PythonSource {
  readonly tokens: readonly Token[];
  readonly statements: readonly Statement[];

  constructor(text: string) {
    this.tokens = tokenize(text);
    this.statements = [...statementsOf(this.tokens)];
  }

  token(index: number | undefined): Token | undefined {
    return index === undefined ? undefined : this.tokens[index];
  }

  text(index: number | undefined): string {
    return this.token(index)?.text ?? '';
  }

  line(index: number): number {
    return this.tokens[index]!.line;
  }

  /** The text from one token to another, both included. */
  slice(from: number, to: number): string {
    return joined(this.tokens.slice(from, to + 1));
  }

  /** Whether a token is this keyword or operator. */
  is(index: number | undefined, ...texts: readonly string[]): boolean {
    const token = this.token(index);
    return token !== undefined && /^(name|op)$/.test(token.kind) && texts.includes(token.text);
  }

  /** The nearest speaking token before or behind one. */
  before(index: number): number | undefined {
    return this.#near(index, -1);
  }

  after(index: number): number | undefined {
    return this.#near(index, 1);
  }

  #near(index: number, step: number): number | undefined {
    let at = index + step;
    while (this.tokens[at] !== undefined && !speaks(this.tokens[at]!)) at += step;
    return this.tokens[at] === undefined ? undefined : at;
  }

  /** The bracket that closes the one at `open`; undefined when none does. */
  closing(open: number): number | undefined {
    const { depth } = this.tokens[open]!;
    for (let at = open + 1; at < this.tokens.length; at += 1) {
      const token = this.tokens[at]!;
      if (token.depth === depth + 1 && token.kind === 'op' && ')]}'.includes(token.text)) return at;
    }
    return undefined;
  }

  /** The bracket that the one at `close` closes. */
  opening(close: number): number | undefined {
    const depth = this.tokens[close]!.depth - 1;
    for (let at = close - 1; at >= 0; at -= 1) {
      const token = this.tokens[at]!;
      if (token.depth === depth && token.kind === 'op' && '([{'.includes(token.text)) return at;
    }
    return undefined;
  }

  /** The speaking tokens between two. */
  between(from: number, to: number): Statement {
    const inside: number[] = [];
    for (let at = from + 1; at < to; at += 1) if (speaks(this.tokens[at]!)) inside.push(at);
    return inside;
  }

  /** Where the expression starts that a `.name` at `dot` is an attribute of. */
  receiver(dot: number): number | undefined {
    let start: number | undefined;
    for (let at = this.before(dot); at !== undefined; ) {
      const token = this.tokens[at]!;
      if (token.kind === 'op' && ')]}'.includes(token.text)) {
        start = this.opening(at);
        if (start === undefined) return undefined;
        const head = this.before(start);
        // `f(x)` and `x[i]` go on to the left; `(x)` may stand alone.
        const goesOn = this.#endsOperand(head) && !(token.text === '}');
        if (!goesOn) return start;
        at = head;
        continue;
      }
      if (token.kind !== 'name' && token.kind !== 'string' && token.kind !== 'number') return start;
      start = at;
      const above = this.before(at);
      if (!this.is(above, '.')) return start;
      at = this.before(above!);
    }
    return start;
  }

  #endsOperand(index: number | undefined): boolean {
    const token = this.token(index);
    if (token === undefined) return false;
    if (token.kind === 'name') return !KEYWORDS.has(token.text);
    return token.kind === 'string' || (token.kind === 'op' && ')]}'.includes(token.text));
  }

  /** Parts of a range of speaking tokens, between separators of its own level. */
  split(range: Statement, separator: string): Statement[] {
    const level = this.tokens[range[0] ?? 0]?.depth ?? 0;
    const parts: number[][] = [[]];
    let lambdas = 0;
    for (const index of range) {
      const { depth } = this.tokens[index]!;
      if (depth === level && this.is(index, 'lambda')) lambdas += 1;
      else if (depth === level && this.is(index, ':')) lambdas = Math.max(0, lambdas - 1);
      if (depth === level && lambdas === 0 && this.is(index, separator)) parts.push([]);
      else parts.at(-1)!.push(index);
    }
    return parts;
  }

  /** The text of a range; '' for an empty one. */
  of(range: Statement): string {
    return range.length === 0 ? '' : this.slice(range[0]!, range.at(-1)!);
  }
}

/** What stands before an operand, and is none itself. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'and as assert await break class continue def del elif else except exec finally for from ' +
    'global if import in is lambda not or pass print raise return try while with yield'
  ).split(' '),
);

function* statementsOf(tokens: readonly Token[]): Generator<Statement> {
  let statement: number[] = [];
  let lambdas = 0;
  let compound = false;
  for (const [index, token] of tokens.entries()) {
    const outside = token.depth === 0;
    const ends =
      outside && (token.kind === 'newline' || (token.kind === 'op' && token.text === ';'));
    if (!ends && speaks(token)) {
      if (statement.length === 0 && token.kind === 'name') compound = COMPOUND.test(token.text);
      statement.push(index);
    }
    const isColon = outside && token.kind === 'op' && token.text === ':';
    if (outside && token.kind === 'name' && token.text === 'lambda') lambdas += 1;
    else if (isColon && lambdas > 0) lambdas -= 1;
    else if (ends || (isColon && compound)) {
      if (statement.length > 0) yield statement;
      statement = [];
      lambdas = 0;
      compound = false;
    }
  }
  if (statement.length > 0) yield statement;
}
