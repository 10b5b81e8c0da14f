/** Reads the words of a statement, and reports missing, surplus and malformed ones. */
import { HIDDEN_VALUE, isSecret } from '../core/secrets.ts';
import type { Keyword, ParsedWord, Statement } from './parse.ts';
import { escapeQuotes, quote, shorten } from './printable-text.ts';
import type { Problems } from './problems.ts';
import type { Source, SourcePlace } from './source.ts';

/** A word of a statement, which may have mistakes. */
export interface LooseWord {
  readonly text: string;
  readonly place: SourcePlace;
  /** Whether the word has a reported mistake, so that later checks skip it. */
  readonly hasMistake: boolean;
}

/** The words that must follow each keyword, as messages name them. */
export const neededWords: Readonly<Record<Keyword, readonly string[]>> = {
  volume: ['a name'],
  type: ['a type'],
  option: ['a key', 'a value'],
  subvolumes: ['the name of a volume'],
  'end-volume': [],
};

/** Describes the word missing after `precedingWords`, such as `a value after 'option log-file'`. */
export function describeMissing(keyword: Keyword, precedingWords: readonly ParsedWord[]): string {
  const statementText = [keyword, ...precedingWords.map(({ text }) => text)].join(' ');
  return `${neededWords[keyword][precedingWords.length]!} after ${quote(statementText)}`;
}

/** Quotes a part of the text, for a message. */
export const quoteSource = (
  source: Source,
  { start, end }: { start: number; end: number },
): string => quote(source.text.slice(start, end));

/**
 * Reads the words of a statement with a keyword, and reports missing, empty, surplus and malformed ones.
 * @param next the statement after it
 * @param expectedNext the keywords that may stand there, for messages
 */
export function readWords(
  source: Source,
  statement: Statement,
  next: Statement | undefined,
  expectedNext: string,
  problems: Problems,
): LooseWord[] {
  const keyword = statement.keyword!;
  const { words } = statement;
  const neededCount = neededWords[keyword].length;
  if (words.length < neededCount) {
    const end = words[words.length - 1]?.end ?? statement.end;
    const actual = next === undefined ? 'the end of the file' : quoteSource(source, next);
    problems.add('unexpected', source.makePlace(statement.start, end), [
      describeMissing(keyword, words),
      actual,
    ]);
  }
  const usedWords = keyword === 'subvolumes' ? words : words.slice(0, neededCount);
  if (usedWords.length < words.length) reportSurplus(source, statement, expectedNext, problems);
  return usedWords.map((word, i) => {
    // The words before one of `subvolumes` are other volumes: the message names the keyword alone.
    const precedingWords = keyword === 'subvolumes' ? [] : usedWords.slice(0, i);
    return readWord(source, word, describeMissing(keyword, precedingWords), problems);
  });
}

/** Reports the first surplus word of a statement. */
function reportSurplus(
  source: Source,
  { keyword, start, words }: Statement,
  expectedNext: string,
  problems: Problems,
): void {
  const surplus = words.slice(neededWords[keyword!].length);
  const first = surplus[0]!;
  const end = surplus[surplus.length - 1]!.end;
  // Several words instead of one are most often a value without quotes.
  const isValue = keyword === 'option' && source.isSameLine(start, end);
  const value = escapeQuotes(source.text.slice(words[1]?.start, end));
  const isHidden = keyword === 'option' && isSecret(words[0]!.text);
  const example = isHidden ? HIDDEN_VALUE : shorten(value);
  const hint = isValue ? `a value with blanks needs quotes: "${example}"` : undefined;
  const actual = isHidden ? quote(HIDDEN_VALUE) : quoteSource(source, first);
  problems.add(
    'unexpected',
    source.makePlace(first.start, first.end),
    [expectedNext, actual],
    hint,
  );
}

/** Reads a word, and reports its mistakes. @param expected for an empty word, what should stand there */
function readWord(
  source: Source,
  word: ParsedWord,
  expected: string,
  problems: Problems,
): LooseWord {
  const place = source.makePlace(word.start, word.end);
  for (const { kind, start, end } of word.flaws) {
    problems.add(kind, source.makePlace(start, end), [], hintsByMistake[kind]);
  }
  for (const { text, start, end } of word.commands) {
    problems.add('command-refused', source.makePlace(start, end), [text], hintsByMistake.command);
  }
  const nulIndex = source.text.slice(word.start, word.end).indexOf('\0');
  if (nulIndex >= 0)
    problems.add(
      'nul-character',
      source.makePlace(word.start + nulIndex, word.start + nulIndex + 1),
      [],
    );
  const isEmpty = word.text === '' && word.flaws.length === 0;
  if (isEmpty) problems.add('unexpected', place, [expected, '""']);
  const hasMistake = isEmpty || nulIndex >= 0 || word.flaws.length > 0 || word.commands.length > 0;
  return { text: word.text, place, hasMistake };
}

/** The hints by the kind of mistake. That of `command` follows `commands do not run: …`. */
const hintsByMistake = {
  'unterminated-string': 'inside quotes, \\" is a quote',
  'stray-backslash': 'write the whole word in double quotes, and \\\\ for \\',
  'unterminated-command': 'in double quotes, \\` is a backtick',
  command: 'with --allow-shell they do; in double quotes, \\` is a backtick',
};
