/**
 * Reports and corrects typing mistakes that would make the rest of the file unreadable.
 *
 * - A misspelt keyword at the beginning of a line, which the grammar takes for a word of the
 *   statement before it, begins a statement.
 * - A keyword in the place of a value (`option log-file type`) is that value, without its quotes.
 */
import { findNearest } from '../core/nearest.ts';
import { quote } from './printable.ts';
import type { Problems } from './problems.ts';
import type { Source } from './source.ts';
import { lacking, needs } from './statement-words.ts';
import type { Keyword, ParsedWord, Statement } from './volfile.gen.js';

const keywords = Object.keys(needs) as Keyword[];

export function mend(
  source: Source,
  statements: readonly Statement[],
  problems: Problems,
): Statement[] {
  const names = new Set<string>();
  for (const { keyword, words } of statements) {
    if (keyword === 'volume' && words.length > 0) names.add(words[0]!.text);
  }
  const mended: Statement[] = [];
  for (const statement of statements) {
    const before = mended[mended.length - 1];
    if (before !== undefined && isValueOf(source, before, statement)) {
      const at = source.place(statement.start, statement.end);
      const keyword = statement.keyword!;
      const args = [lacking(before.keyword!, before.words), `the keyword '${keyword}'`] as const;
      problems.add('unexpected', at, [...args], `in double quotes it is a word: "${keyword}"`);
      mended[mended.length - 1] = { ...before, words: [...before.words, asWord(statement)] };
    } else {
      for (const part of respell(source, statement, names, problems)) mended.push(part);
    }
  }
  return mended;
}

function isValueOf(source: Source, before: Statement, { keyword, start, words }: Statement) {
  return (
    before.keyword !== undefined &&
    before.words.length < needs[before.keyword].length &&
    words.length === 0 &&
    keyword !== 'end-volume' &&
    source.sameLine(before.start, start)
  );
}

function asWord({ keyword, start, end }: Statement): ParsedWord {
  return { text: keyword!, quoted: false, start, end, commands: [], flaws: [] };
}

/** Splits a statement at surplus words that are misspelt keywords. */
function* respell(
  source: Source,
  statement: Statement,
  names: ReadonlySet<string>,
  problems: Problems,
): Generator<Statement> {
  const { words } = statement;
  let part = { ...statement, words: [] as ParsedWord[] };
  for (const word of words) {
    const own = part.keyword === undefined ? 0 : needs[part.keyword].length;
    const isName = part.keyword === 'subvolumes' && names.has(word.text);
    const mayBegin = part.words.length >= own && source.opensLine(word.start) && !isName;
    const meant = mayBegin ? keywordMeant(word) : undefined;
    if (meant === undefined) {
      part.words.push(word);
      continue;
    }
    const found = word.quoted ? `"${word.text}" in quotes` : quote(word.text);
    problems.add('misspelt-keyword', source.place(word.start, word.end), [found, meant]);
    // A statement without keyword and words is dropped.
    if (part.keyword !== undefined || part.words.length > 0) yield part;
    part = { keyword: meant, start: word.start, end: word.end, words: [] };
  }
  yield part;
}

function keywordMeant(word: ParsedWord): Keyword | undefined {
  if (word.commands.length > 0 || word.flaws.length > 0) return undefined;
  if (word.quoted) return keywords.find((keyword) => keyword === word.text);
  return findNearest(word.text, keywords) as Keyword | undefined;
}
