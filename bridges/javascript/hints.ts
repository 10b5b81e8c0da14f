/**
 * Adds hints to errors of a module, from its source: the expression behind QuickJS's 'not a function',
 * the line of a missing await or return, a fix for missing names and foreign syntax.
 */
import { formatSuggestion } from '../../runtime/core/nearest.ts';
import { FOREIGN_GLOBALS } from './library/foreign-globals.ts';

/** Matches the first line of a stack in a module's file: its path, line and column. */
const STACK_POSITION = /^\s*at (?:.*? \()?(\/.*?):(\d+):(\d+)\)?$/m;
// Messages of QuickJS and of the library.
const NO_EXPORT_ERROR = /^SyntaxError: Could not find export '(.*?)' in module '(.*?)'/;
const UNDEFINED_NAME_ERROR = /\bReferenceError: '?([\w$]+)'? is not defined/;
const MISSING_VALUE_ERROR = /\bTypeError: .*(?:not a function|of undefined\b)/;
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

/** Maximum length of a line that `renderSyntaxLine` renders. */
const MAX_RENDERED_LENGTH = 200;

/** Returns a module's line by file and number; undefined for an unknown source. */
type ReadLine = (file: string, line: number) => string | undefined;

/** Returns the names that `glossa` exports to modules. */
type ListExports = () => readonly string[];

/**
 * Makes the error text for an import of a name that its module does not export, with the line of
 * that import; undefined if `message` is another error.
 */
export function explainMissingExport(
  message: string,
  path: string,
  source: string,
  listExports: ListExports,
): string | undefined {
  const [, name, module] = NO_EXPORT_ERROR.exec(message) ?? [];
  if (name === undefined) return undefined;
  const isLibrary = module!.startsWith('glossa:');
  const importPattern = new RegExp(
    `\\bimport\\b[^;]*?(?<![\\w$])${name === 'default' ? '' : name}`,
  );
  const match = importPattern.exec(source);
  const line =
    match === null ? 1 : source.slice(0, match.index + match[0].length).split('\n').length;
  const suggestion = isLibrary && name !== 'default' ? formatSuggestion(name, listExports()) : '';
  const importedModule = isLibrary ? "'glossa'" : module!;
  const correction = name === 'default' ? ': its names are imported in braces, { … }' : '';
  return `${path}:${line}: ${importedModule} has no export '${name}'${suggestion}${correction}`;
}

/** Reads the exported names from the list at the end of the library's index. */
export function readExportedNames(index: string): string[] {
  const [, list = ''] = /\bexport\s*\{([^}]*)\}/.exec(index) ?? [];
  return list.split(',').map((name) => name.trim().replace(/^.* as /, ''));
}

/** Suggests a fix, in brackets, for a message with its stack; '' if no rule fits. */
function suggestFix(text: string, readLine: ReadLine, listExports: ListExports): string {
  const [, name] = UNDEFINED_NAME_ERROR.exec(text) ?? [];
  if (name !== undefined) {
    return listExports().includes(name) ? ` (write import { ${name} } from 'glossa')` : '';
  }
  const position = STACK_POSITION.exec(text);
  const line = position === null ? '' : (readLine(position[1]!, Number(position[2])) ?? '');
  if (MISSING_VALUE_ERROR.test(text)) {
    const isUsed = (names: string): boolean =>
      names
        .split(' ')
        .some((globalName) => new RegExp(`(?<![\\w$.'"])${globalName}\\s*[.([]`).test(line));
    const [, why] = FOREIGN_GLOBALS.find(([names]) => isUsed(names)) ?? [];
    return why === undefined ? '' : ` (${why})`;
  }
  if (!/^(?:.*: )?SyntaxError: /.test(text) || position === null) return '';
  return suggestSyntaxFix(line, position[1]!);
}

/** Patterns of foreign syntax or superfluous words, with the fix. */
const FOREIGN_SYNTAX: readonly (readonly [form: RegExp, fix: string])[] = [
  [/^\s*function\s+\w+\s*\(/, 'a method has no function in front'],
  [/^\s*(?:from\s+\w+\s+import|def\s|class\s+\w+\(.*\):)/, 'this is Python: name the file .py'],
  [/^\s*(?:const|let|var)\s+\w+\s*=.*;$/, 'a field of a class has no const in front'],
];
/** Matches a line with TypeScript's types. */
const TYPE_SYNTAX =
  /^\s*(?:import type\b|interface\s|type\s+\w+\s*=|(?:private|public|protected|readonly|declare)\s)|[(,]\s*\w+\??\s*:\s*\w|\)\s*:\s*\w/;

/** Suggests a fix, in brackets, for a line with a syntax error; '' if no rule fits. */
function suggestSyntaxFix(line: string, file: string): string {
  if (!/\.m?ts$/.test(file) && TYPE_SYNTAX.test(line)) return ' (types are for files named .ts)';
  const [, fix] = FOREIGN_SYNTAX.find(([pattern]) => pattern.test(line)) ?? [];
  return fix === undefined ? '' : ` (${fix})`;
}

/** Renders a syntax error's line, with a mark under its position; '' for another error. */
export function renderSyntaxLine(text: string, readLine: ReadLine): string {
  const position = STACK_POSITION.exec(text);
  if (!/SyntaxError: /.test(text) || position === null) return '';
  const line = readLine(position[1]!, Number(position[2]));
  if (line === undefined || line.length > MAX_RENDERED_LENGTH) return '';
  return `\n    ${line}\n    ${' '.repeat(Math.max(0, Number(position[3]) - 1))}^`;
}

/** Adds hints to messages. Caches results: an error may repeat a million times. */
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
