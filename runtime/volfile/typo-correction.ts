/**
 * Reports and corrects typing mistakes in keywords, so that one mistake does not cause many problems.
 *
 * - A misspelt keyword at the beginning of a line, which the grammar takes for a word of the statement before it, is
 *   made the beginning of a statement.
 * - A keyword where a value is missing (`option log-file type`) is made that value: its quotes were forgotten.
 */
import { findNearest } from '../core/nearest.ts';
import type { Keyword, ParsedWord, Statement } from './parse.ts';
import { quote } from './printable-text.ts';
import type { Problems } from './problems.ts';
import type { Source } from './source.ts';
import { describeMissing, neededWords } from './statement-words.ts';

const keywords = Object.keys(neededWords) as Keyword[];

/** Returns the statements with the mistakes corrected, and reports these. */
export function correctTypos(
  source: Source,
  statements: readonly Statement[],
  problems: Problems,
): Statement[] {
  const volumeNames = new Set<string>();
  for (const { keyword, words } of statements) {
    if (keyword === 'volume' && words.length > 0) volumeNames.add(words[0]!.text);
  }
  const corrected: Statement[] = [];
  for (const statement of statements) {
    const previous = corrected[corrected.length - 1];
    if (previous !== undefined && isKeywordValue(source, previous, statement)) {
      const place = source.makePlace(statement.start, statement.end);
      const keyword = statement.keyword!;
      const args = [
        describeMissing(previous.keyword!, previous.words),
        `the keyword '${keyword}'`,
      ] as const;
      problems.add('unexpected', place, [...args], `in double quotes it is a word: "${keyword}"`);
      corrected[corrected.length - 1] = {
        ...previous,
        words: [...previous.words, toWord(statement)],
      };
    } else {
      for (const part of splitAtKeywords(source, statement, volumeNames, problems))
        corrected.push(part);
    }
  }
  return corrected;
}

/** Whether a keyword stands where the statement before it, on the same line, lacks a word. */
function isKeywordValue(source: Source, previous: Statement, { keyword, start, words }: Statement) {
  return (
    previous.keyword !== undefined &&
    previous.words.length < neededWords[previous.keyword].length &&
    words.length === 0 &&
    keyword !== 'end-volume' &&
    source.isSameLine(previous.start, start)
  );
}

/** Converts a keyword that stands for a value to a word. */
function toWord({ keyword, start, end }: Statement): ParsedWord {
  return { text: keyword!, quoted: false, start, end, commands: [], flaws: [] };
}

/** Splits a statement at surplus words that are misspelt keywords. */
function* splitAtKeywords(
  source: Source,
  statement: Statement,
  volumeNames: ReadonlySet<string>,
  problems: Problems,
): Generator<Statement> {
  const { words } = statement;
  let part = { ...statement, words: [] as ParsedWord[] };
  for (const word of words) {
    const neededCount = part.keyword === undefined ? 0 : neededWords[part.keyword].length;
    const isName = part.keyword === 'subvolumes' && volumeNames.has(word.text);
    const canBegin =
      part.words.length >= neededCount && source.isFirstOnLine(word.start) && !isName;
    const suggestion = canBegin ? findKeyword(word) : undefined;
    if (suggestion === undefined) {
      part.words.push(word);
      continue;
    }
    const actual = word.quoted ? `"${word.text}" in quotes` : quote(word.text);
    problems.add('misspelt-keyword', source.makePlace(word.start, word.end), [actual, suggestion]);
    // A statement without keyword and words is dropped.
    if (part.keyword !== undefined || part.words.length > 0) yield part;
    part = { keyword: suggestion, start: word.start, end: word.end, words: [] };
  }
  yield part;
}

/** Finds the keyword that a word probably means; a word in quotes must be the keyword exactly. */
function findKeyword(word: ParsedWord): Keyword | undefined {
  if (word.commands.length > 0 || word.flaws.length > 0) return undefined;
  if (word.quoted) return keywords.find((keyword) => keyword === word.text);
  return findNearest(word.text, keywords) as Keyword | undefined;
}
