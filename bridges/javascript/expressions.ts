/**
 * Names the expression in QuickJS's error 'not a function', read from the source before the place
 * that the stack names. Results are cached, as an error may repeat a million times.
 */
import { type Exports, fixOf, type LineOf } from './fixes.ts';

const PLACE = /^\s*at (?:.*? \()?(\/.*?):(\d+):(\d+)\)?$/m;
const CALL = /\bTypeError: not a function\b/;
const READ = /\bTypeError: cannot (read|set) property '(.*?)' of (undefined|null)/;
const TWICE = /\bAlreadyAnswered: /;
const KNOWN = [CALL, READ, TWICE, /\bReferenceError: /, /\bSyntaxError: /];
const METHOD = /^\s*(?:async\s+|static\s+)*[\w$]+\s*\([^;]*\)\s*\{\s*$/;
const DECISION = /\bframe\.(?:wind|windTo|unwind|unwindFor|fail)\(/;
/** Lines above the error that are searched. */
const MOST_LINES = 100;
const MOST_KEPT = 256;

/** Adds the expression to messages, and the likely place of a missing await or return. */
export class Expressions {
  readonly #lineOf: LineOf;
  readonly #exports: Exports;
  readonly #kept = new Map<string, string>();

  constructor(lineOf: LineOf, exports: Exports) {
    this.#lineOf = lineOf;
    this.#exports = exports;
  }

  /** The message with its expression; `text` itself if unknown. */
  named(text: string): string {
    if (!KNOWN.some((form) => form.test(text))) return text;
    const known = this.#kept.get(text);
    if (known !== undefined) return known;
    const fix = fixOf(text, this.#lineOf, this.#exports);
    const made = this.#name(text).replace(/(?=\n|$)/, () => fix);
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(text, made);
    return made;
  }

  #name(text: string): string {
    const place = PLACE.exec(text);
    const isNamed = CALL.test(text) || READ.test(text);
    if (place === null || !(isNamed || TWICE.test(text))) return text;
    const [file, line, column] = [place[1]!, Number(place[2]), Number(place[3])];
    if (TWICE.test(text)) return this.#twice(text, file, line);
    const expression = expressionBefore(this.#lineOf(file, line) ?? '', column - 1);
    if (!/^[\w$(]/.test(expression) || /^(null|undefined)$/.test(expression)) return text;
    const awaited = this.#missingAwait(expression, file, line);
    if (CALL.test(text)) {
      return text.replace(CALL, () => `TypeError: ${expression} is not a function${awaited}`);
    }
    return text.replace(READ, (_all, verb: string, name: string, nothing: string) => {
      return `TypeError: ${expression} is ${nothing}: cannot ${verb} its '${name}'${awaited}`;
    });
  }

  /** ` (is an await missing in line 5?)`if the expression's variable holds a promise. */
  #missingAwait(expression: string, file: string, line: number): string {
    const [variable = ''] = /^[\w$]+/.exec(expression) ?? [];
    if (variable === '' || variable === 'this') return '';
    const gets = new RegExp(
      `(?:^|[^\\w$.])${variable.replaceAll('$', '\\$')}\\s*=\\s*((?!await\\b)\\S.*\\bchild\\b.*\\(.*)$`,
    );
    for (let at = line; at > Math.max(0, line - MOST_LINES); at -= 1) {
      const found = gets.exec(this.#lineOf(file, at) ?? '');
      if (found !== null) return ` (is an await missing in line ${at}? ${variable} = await …)`;
    }
    return '';
  }

  #twice(text: string, file: string, line: number): string {
    const found: number[] = [];
    for (let at = line - 1; at > Math.max(0, line - MOST_LINES); at -= 1) {
      const above = this.#lineOf(file, at) ?? '';
      if (DECISION.test(above) && !/\breturn\b/.test(above)) found.unshift(at);
      if (METHOD.test(above) && !/^\s*(if|for|while|switch)\b/.test(above)) break;
    }
    if (found.length === 0) return text;
    const hint = `line ${found.join(' or ')} did that: is a return missing there?`;
    return text.replace(/^(.*AlreadyAnswered: .*)$/m, (said) => `${said} (${hint})`);
  }
}

const OPENS: Readonly<Record<string, string>> = { ')': '(', ']': '[' };

/** The expression that ends before this index: names, dots and brackets. */
function expressionBefore(line: string, end: number): string {
  let at = end;
  while (at > 0) {
    const char = line[at - 1]!;
    if (/[\w$.?#]/.test(char)) at -= 1;
    else if (char in OPENS) {
      const open = openingOf(line, at - 1);
      if (open < 0) break;
      at = open;
    } else break;
  }
  return line
    .slice(at, end)
    .replace(/^[.?]+/, '')
    .trim();
}

function openingOf(line: string, close: number): number {
  const [closes, opens] = [line[close]!, OPENS[line[close]!]!];
  let depth = 0;
  for (let at = close; at >= 0; at -= 1) {
    // Brackets inside a string literal do not count.
    if (`'"\``.includes(line[at]!)) at = line.lastIndexOf(line[at]!, at - 1);
    if (at < 0) return -1;
    if (line[at] === closes) depth += 1;
    if (line[at] === opens) depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}
