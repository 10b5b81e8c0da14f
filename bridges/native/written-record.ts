/**
 * Reads the fields and fops of a translator record from the text of a module, without running it,
 * for `glossa check`. It sees what is written as a literal: `defineTranslator({ fops: { open } })`;
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

/** Checks the records that a text defines. @throws {GraphError} naming all unknown fields and fops */
export function checkWrittenRecord(path: string, source: string, hasTypes: boolean): void {
  if (!source.includes('defineTranslator')) return;
  const tokens = readTokens(source, hasTypes);
  const problems = tokens.flatMap((token, index) =>
    token.text === 'defineTranslator' && tokens[index + 1]?.text === '('
      ? findRecordProblems(tokens, index + 2)
      : [],
  );
  if (problems.length > 0) throw new GraphError(problems.map((problem) => `${path}:${problem}`));
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
