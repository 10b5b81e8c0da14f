/**
 * Reads the fields and fops of a translator record from the text of a module, without running it,
 * for `glossa check`: unknown ones are errors, and the known ones tell which fops a module omits. It sees what is written as a literal: `defineTranslator({ fops: { open } })`;
 * what the module computes is checked at its start (`translator-check.ts`).
 */
import { GraphError } from '../../runtime/core/errors.ts';
import { loadSucrase } from '../machine/node/sucrase.ts';
import { describeUnknownField, describeUnknownFop } from './translator-check.ts';

/** A token of the text, outside of types. */
interface Token {
  /** `LINE:COLUMN` of its first character. */
  readonly position: string;
  readonly text: string;
  /** The number of the object or call that a brace or key belongs to; '' for none. */
  readonly context: string;
  readonly isKey: boolean;
}

/** Sucrase's role of a key, and its roles of keys that are values, too: `{ open }`. */
const KEY_ROLES = ['10', '5', '6', '7', '8'];

/** The fops of a record whose text has all of them. */
export interface WrittenFops {
  readonly names: ReadonlySet<string>;
  /** The flags `passesThrough`, `observes` and `watches`; null for one that the module computes. */
  readonly flags: Readonly<Record<Flag, boolean | null | undefined>>;
}

const FLAGS = ['passesThrough', 'observes', 'watches'] as const;
type Flag = (typeof FLAGS)[number];

/**
 * Checks the records that a text defines.
 * @returns the fops of the only record; null if the text does not have all of them
 * @throws {GraphError} naming all unknown fields and fops
 */
export function checkWrittenRecord(
  path: string,
  source: string,
  hasTypes: boolean,
): WrittenFops | null {
  if (!source.includes('defineTranslator')) return null;
  const tokens = readTokens(source, hasTypes);
  const starts = tokens.flatMap(({ text }, index) =>
    text === 'defineTranslator' && tokens[index + 1]?.text === '(' ? [index + 2] : [],
  );
  const problems = starts.flatMap((start) => findRecordProblems(tokens, start));
  if (problems.length > 0) throw new GraphError(problems.map((problem) => `${path}:${problem}`));
  return starts.length === 1 ? readFops(tokens, starts[0]!) : null;
}

/** Reads the fops of the record that begins at a token; null if the module computes some. */
function readFops(tokens: readonly Token[], start: number): WrittenFops | null {
  if (!isWholeObject(tokens, start)) return null;
  const fields = new Map(listKeys(tokens, start).map(({ key, index }) => [key, index]));
  const fopsIndex = fields.get('fops');
  if (fopsIndex === undefined) return null;
  const object = findObject(tokens, fopsIndex);
  if (object === -1 || !isWholeObject(tokens, object)) return null;
  const names = new Set(listKeys(tokens, object).map(({ key }) => key));
  const readFlag = (flag: Flag): boolean | null | undefined => {
    const index = fields.get(flag);
    if (index === undefined) return undefined;
    const [colon, value, end] = [1, 2, 3].map((offset) => tokens[index + offset]?.text);
    const isLiteral = colon === ':' && (end === ',' || end === '}');
    return isLiteral && (value === 'true' || value === 'false') ? value === 'true' : null;
  };
  const [passesThrough, observes, watches] = FLAGS.map(readFlag);
  return { names, flags: { passesThrough, observes, watches } };
}

/** Finds the brace of a field's object, also of one in a constant; -1 for another value. */
function findObject(tokens: readonly Token[], keyIndex: number): number {
  const isShorthand = tokens[keyIndex + 1]?.text !== ':';
  const valueIndex = isShorthand ? keyIndex : keyIndex + 2;
  const value = tokens[valueIndex]!;
  if (value.text === '{') return valueIndex;
  if (!/^[,}]$/.test(tokens[valueIndex + 1]?.text ?? '')) return -1;
  const definition = tokens.findIndex(
    ({ text }, index) => text === 'const' && tokens[index + 1]?.text === value.text,
  );
  const braceIndex = definition + 3;
  const isObject = tokens[definition + 2]?.text === '=' && tokens[braceIndex]?.text === '{';
  return definition >= 0 && isObject ? braceIndex : -1;
}

const OPENING: ReadonlySet<string> = new Set(['{', '(', '[', '${']);
const CLOSING: ReadonlySet<string> = new Set(['}', ')', ']']);

/** Whether a token begins an object with neither `...` nor computed keys. */
function isWholeObject(tokens: readonly Token[], start: number): boolean {
  if (tokens[start]?.text !== '{') return false;
  let depth = 0;
  for (let index = start; index < tokens.length; index++) {
    const { text } = tokens[index]!;
    const previousText = tokens[index - 1]?.text;
    const isKeyPlace = depth === 1 && (previousText === '{' || previousText === ',');
    if (isKeyPlace && (text === '...' || text === '[')) return false;
    if (OPENING.has(text)) depth += 1;
    else if (CLOSING.has(text)) depth -= 1;
    if (depth === 0) return true;
  }
  return false;
}

/** Lists the unknown fields and fops of the object that begins at a token. */
function findRecordProblems(tokens: readonly Token[], start: number): string[] {
  return listKeys(tokens, start).flatMap(({ key, index }) => {
    const { position } = tokens[index]!;
    const problem = describeUnknownField(key);
    if (problem !== undefined) return [`${position}: ${problem}`];
    if (key !== 'fops' || tokens[index + 1]?.text !== ':') return [];
    return listKeys(tokens, index + 2).flatMap((fop) => {
      const fopProblem = describeUnknownFop(fop.key);
      return fopProblem === undefined ? [] : [`${tokens[fop.index]!.position}: ${fopProblem}`];
    });
  });
}

/** Lists the keys of the object whose brace is the token `start`; none for another token. */
function listKeys(tokens: readonly Token[], start: number): { key: string; index: number }[] {
  const brace = tokens[start];
  if (brace?.text !== '{') return [];
  const keys: { key: string; index: number }[] = [];
  for (let index = start + 1; index < tokens.length; index++) {
    const { text, context, isKey } = tokens[index]!;
    if (context !== brace.context) continue;
    if (text === '}') break;
    // The words of `get stat()` are keys to sucrase, both; a key with an escape stays unread.
    const next = tokens[index + 1];
    if (next?.isKey === true && next.context === context) continue;
    const [, key] = /^(['"]?)([\w$]+)\1$/.exec(text)?.slice(1) ?? [];
    if (isKey && key !== undefined) keys.push({ key, index });
  }
  return keys;
}

/** Reads the tokens of a text from sucrase's table of them. */
function readTokens(source: string, hasTypes: boolean): Token[] {
  const table = loadSucrase().getFormattedTokens(source, {
    transforms: hasTypes ? ['typescript'] : [],
  });
  const [header = '', ...rows] = table.split('\n');
  const makeReader = (name: string): ((row: string) => string) => {
    const column = header.indexOf(name);
    return (row) => /^\S*/.exec(row.slice(column))![0];
  };
  const [readRole, readContext, readType] = ['identifierRole', 'contextId', 'isType'].map(
    makeReader,
  ) as [(row: string) => string, (row: string) => string, (row: string) => string];
  const lines = source.split('\n');
  return rows.flatMap((row) => {
    const [, line, column, endLine, endColumn] =
      /^(\d+):(\d+)-(\d+):(\d+)/.exec(row)?.map(Number) ?? [];
    if (line === undefined || readType(row) !== '') return [];
    const end = endLine === line ? endColumn! - 1 : undefined;
    return {
      position: `${line}:${column}`,
      text: lines[line - 1]!.slice(column! - 1, end),
      context: readContext(row),
      isKey: KEY_ROLES.includes(readRole(row)),
    };
  });
}
