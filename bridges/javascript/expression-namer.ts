/**
 * Adds the failing expression to messages of QuickJS such as 'not a function'. Reads it from the
 * source before the position that the stack names. Caches results: an error may repeat a million
 * times.
 */
import { type ListExports, type ReadLine, suggestFix } from './fixes.ts';

/** Matches the first line of a stack in a module's file: its path, line and column. */
const STACK_POSITION = /^\s*at (?:.*? \()?(\/.*?):(\d+):(\d+)\)?$/m;
// Messages of QuickJS and of the library.
const NOT_CALLABLE_ERROR = /\bTypeError: not a function\b/;
const NULLISH_ACCESS_ERROR = /\bTypeError: cannot (read|set) property '(.*?)' of (undefined|null)/;
const ANSWERED_TWICE_ERROR = /\bAlreadyAnswered: /;
/** The messages to which an expression or a fix may be added. */
const EXPLAINED_MESSAGES = [
  NOT_CALLABLE_ERROR,
  NULLISH_ACCESS_ERROR,
  ANSWERED_TWICE_ERROR,
  /\bReferenceError: /,
  /\bSyntaxError: /,
];
/** Matches the first line of a method. */
const METHOD_START = /^\s*(?:async\s+|static\s+)*[\w$]+\s*\([^;]*\)\s*\{\s*$/;
/** Matches a call that replies to the request, or winds it. */
const DECISION_CALL = /\bframe\.(?:wind|windTo|unwind|unwindFor|fail)\(/;
/** The number of lines above the error that the searches read. */
const MAX_SEARCHED_LINES = 100;
/** Maximum number of messages in the cache; at this limit it is emptied. */
const MAX_CACHED_MESSAGES = 256;

/** Adds the expression to messages, and the likely place of a missing await or return. */
export class ExpressionNamer {
  readonly #readLine: ReadLine;
  readonly #listExports: ListExports;
  readonly #cache = new Map<string, string>();

  constructor(readLine: ReadLine, listExports: ListExports) {
    this.#readLine = readLine;
    this.#listExports = listExports;
  }

  /** Returns the message with its expression; `text` itself if the expression is unknown. */
  addExpression(text: string): string {
    if (!EXPLAINED_MESSAGES.some((pattern) => pattern.test(text))) return text;
    const cached = this.#cache.get(text);
    if (cached !== undefined) return cached;
    const fix = suggestFix(text, this.#readLine, this.#listExports);
    const message = this.#nameExpression(text).replace(/(?=\n|$)/, () => fix);
    if (this.#cache.size >= MAX_CACHED_MESSAGES) this.#cache.clear();
    this.#cache.set(text, message);
    return message;
  }

  /**
   * Puts the expression, or a hint at a missing return, into the message; else returns it
   * unchanged.
   */
  #nameExpression(text: string): string {
    const position = STACK_POSITION.exec(text);
    const hasNamelessValue = NOT_CALLABLE_ERROR.test(text) || NULLISH_ACCESS_ERROR.test(text);
    if (position === null || !(hasNamelessValue || ANSWERED_TWICE_ERROR.test(text))) return text;
    const [file, line, column] = [position[1]!, Number(position[2]), Number(position[3])];
    if (ANSWERED_TWICE_ERROR.test(text)) return this.#hintMissingReturn(text, file, line);
    const expression = readExpressionBefore(this.#readLine(file, line) ?? '', column - 1);
    if (!/^[\w$(]/.test(expression) || /^(null|undefined)$/.test(expression)) return text;
    const awaitHint = this.#hintMissingAwait(expression, file, line);
    if (NOT_CALLABLE_ERROR.test(text)) {
      return text.replace(
        NOT_CALLABLE_ERROR,
        () => `TypeError: ${expression} is not a function${awaitHint}`,
      );
    }
    return text.replace(
      NULLISH_ACCESS_ERROR,
      (_all, verb: string, name: string, nullish: string) => {
        return `TypeError: ${expression} is ${nullish}: cannot ${verb} its '${name}'${awaitHint}`;
      },
    );
  }

  /** Returns ` (is an await missing in line 5?)` if the expression's variable holds a promise. */
  #hintMissingAwait(expression: string, file: string, line: number): string {
    const [variable = ''] = /^[\w$]+/.exec(expression) ?? [];
    if (variable === '' || variable === 'this') return '';
    const assignment = new RegExp(
      `(?:^|[^\\w$.])${variable.replaceAll('$', '\\$')}\\s*=\\s*((?!await\\b)\\S.*\\bchild\\b.*\\(.*)$`,
    );
    for (
      let lineNumber = line;
      lineNumber > Math.max(0, line - MAX_SEARCHED_LINES);
      lineNumber -= 1
    ) {
      const match = assignment.exec(this.#readLine(file, lineNumber) ?? '');
      if (match !== null)
        return ` (is an await missing in line ${lineNumber}? ${variable} = await …)`;
    }
    return '';
  }

  /** Adds the lines above that already replied or wound without `return`. */
  #hintMissingReturn(text: string, file: string, line: number): string {
    const decisionLines: number[] = [];
    for (
      let lineNumber = line - 1;
      lineNumber > Math.max(0, line - MAX_SEARCHED_LINES);
      lineNumber -= 1
    ) {
      const sourceLine = this.#readLine(file, lineNumber) ?? '';
      if (DECISION_CALL.test(sourceLine) && !/\breturn\b/.test(sourceLine))
        decisionLines.unshift(lineNumber);
      if (METHOD_START.test(sourceLine) && !/^\s*(if|for|while|switch)\b/.test(sourceLine)) break;
    }
    if (decisionLines.length === 0) return text;
    const hint = `line ${decisionLines.join(' or ')} did that: is a return missing there?`;
    return text.replace(/^(.*AlreadyAnswered: .*)$/m, (message) => `${message} (${hint})`);
  }
}

const OPENING_BRACKETS: Readonly<Record<string, string>> = { ')': '(', ']': '[' };

/** Reads the expression that ends before this index: names, dots and brackets. */
function readExpressionBefore(line: string, end: number): string {
  let start = end;
  while (start > 0) {
    const char = line[start - 1]!;
    if (/[\w$.?#]/.test(char)) start -= 1;
    else if (char in OPENING_BRACKETS) {
      const opening = findOpening(line, start - 1);
      if (opening < 0) break;
      start = opening;
    } else break;
  }
  return line
    .slice(start, end)
    .replace(/^[.?]+/, '')
    .trim();
}

/** Finds the index of the bracket that opens the one at `closingIndex`; -1 if no bracket opens it. */
function findOpening(line: string, closingIndex: number): number {
  const closing = line[closingIndex]!;
  const opening = OPENING_BRACKETS[closing]!;
  let depth = 0;
  for (let index = closingIndex; index >= 0; index -= 1) {
    // Brackets inside a string literal do not count.
    if (`'"\``.includes(line[index]!)) index = line.lastIndexOf(line[index]!, index - 1);
    if (index < 0) return -1;
    if (line[index] === closing) depth += 1;
    if (line[index] === opening) depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}
