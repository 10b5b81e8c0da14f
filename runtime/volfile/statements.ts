/**
 * Assembles the statements of a volfile into volumes. Reports every missing, repeated or misplaced statement, and
 * continues: a volume with a mistake is still defined for the volumes that name it.
 *
 * Accepts more than GlusterFS: a volume that has only a type, and statements in any order.
 */

import { findNearest } from '../core/nearest.ts';
import type { Keyword, ParsedWord, Statement } from './parse.ts';
import { quote } from './printable-text.ts';
import type { Problems } from './problems.ts';
import type { Source, SourcePlace } from './source.ts';
import { describeMissing, type LooseWord, neededWords, readWords } from './statement-words.ts';

/**
 * Reports and corrects typing mistakes in keywords, so that one mistake does not cause many problems.
 *
 * - A misspelt keyword at the beginning of a line, which the grammar takes for a word of the statement before it, is
 *   made the beginning of a statement.
 * - A keyword where a value is missing (`option log-file type`) is made that value: its quotes were forgotten.
 */
const keywords = Object.keys(neededWords) as Keyword[];

/** Returns the statements with the mistakes corrected, and reports these. */
function correctTypos(
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

export interface LooseOption {
  readonly key: LooseWord;
  readonly value: LooseWord;
}

/** A volume as written: unlike in a VolumeDescription, parts may be missing or wrong. */
export interface LooseVolume {
  readonly name: LooseWord;
  readonly type: LooseWord | undefined;
  readonly options: readonly LooseOption[];
  readonly subvolumes: readonly LooseWord[];
  /** Whether the statement `subvolumes` has a mistake, so that their number is not checked. */
  readonly haveSubvolumesMistake: boolean;
}

/** Assembles a volfile's statements into its volumes. */
export function assembleVolumes(
  source: Source,
  statements: readonly Statement[],
  problems: Problems,
): LooseVolume[] {
  return new Assembler(source, problems).assemble(correctTypos(source, statements, problems));
}

/** A volume whose `end-volume` was not read yet. */
interface OpenVolume {
  /** Undefined when the name is missing. */
  name: LooseWord | undefined;
  readonly place: SourcePlace;
  /** The lines of the keywords that may occur only once. */
  readonly keywordLines: Map<Keyword, number>;
  type: LooseWord | undefined;
  /** By key, in the order of the last statement of each. */
  readonly options: Map<string, LooseOption>;
  readonly subvolumes: LooseWord[];
  haveSubvolumesMistake: boolean;
}

/** Returns the name of a volume for messages; '' if it is missing. */
const readVolumeName = (volume: OpenVolume): string => volume.name?.text ?? '';

/** Assembles the statements of one file: has the finished volumes, and the current one. */
class Assembler {
  readonly #source: Source;
  readonly #problems: Problems;
  readonly #volumes: LooseVolume[] = [];
  /** The volume whose statements are being read; undefined between volumes. */
  #currentVolume: OpenVolume | undefined;
  /** Whether a statement outside of any volume was reported. */
  #hasReportedOutside = false;

  constructor(source: Source, problems: Problems) {
    this.#source = source;
    this.#problems = problems;
  }

  /** Assembles all statements of the file, and returns the volumes that have a name. */
  assemble(statements: readonly Statement[]): LooseVolume[] {
    statements.forEach((statement, i) => {
      this.#addStatement(statement, statements[i + 1]);
    });
    const end = this.#source.makeEndPlace();
    if (this.#currentVolume !== undefined)
      this.#reportMissingEnd(this.#currentVolume, end, 'the end of the file');
    if (statements.length === 0) this.#problems.add('no-volume', end, []);
    return this.#volumes;
  }

  #addStatement(statement: Statement, next: Statement | undefined): void {
    const { keyword } = statement;
    if (keyword === 'volume') {
      this.#openVolume(statement, next);
    } else if (keyword === undefined || this.#currentVolume === undefined) {
      this.#reportOutside(statement);
    } else if (keyword === 'end-volume') {
      this.#close(this.#currentVolume);
      this.#readWords(statement, next);
    } else {
      this.#addToVolume(this.#currentVolume, keyword, statement, next);
    }
  }

  #openVolume(statement: Statement, next: Statement | undefined): void {
    const place = this.#source.makePlace(statement.start, statement.end);
    if (this.#currentVolume !== undefined)
      this.#reportMissingEnd(this.#currentVolume, place, `the next 'volume'`);
    this.#hasReportedOutside = false;
    this.#currentVolume = {
      name: undefined,
      place,
      keywordLines: new Map(),
      type: undefined,
      options: new Map(),
      subvolumes: [],
      haveSubvolumesMistake: false,
    };
    this.#currentVolume.name = this.#readWords(statement, next)[0];
  }

  #addToVolume(
    volume: OpenVolume,
    keyword: 'type' | 'option' | 'subvolumes',
    statement: Statement,
    next: Statement | undefined,
  ): void {
    const place = this.#source.makePlace(statement.start, statement.end);
    const firstLine = volume.keywordLines.get(keyword);
    if (keyword !== 'option') {
      volume.keywordLines.set(keyword, firstLine ?? place.line);
      if (firstLine !== undefined) {
        this.#problems.add('duplicate-statement', place, [
          keyword,
          readVolumeName(volume),
          firstLine,
        ]);
      }
    }
    const words = this.#readWords(statement, next);
    if (keyword === 'option') {
      if (words.length === 2) this.#addOption(volume, { key: words[0]!, value: words[1]! });
    } else if (keyword === 'type') {
      volume.type ??= words[0];
    } else {
      // One by one, because `push(...words)` fails for very many words.
      for (const word of words) volume.subvolumes.push(word);
      const hasMistake = words.length === 0 || words.some((word) => word.hasMistake);
      volume.haveSubvolumesMistake ||= hasMistake || firstLine !== undefined;
    }
  }

  /** Adds an option; it replaces an earlier one of the same key, which is reported. */
  #addOption(volume: OpenVolume, option: LooseOption): void {
    const { text, place } = option.key;
    const earlier = volume.options.get(text);
    if (earlier !== undefined) {
      volume.options.delete(text);
      this.#problems.add('repeated-option', place, [
        text,
        readVolumeName(volume),
        earlier.key.place.line,
      ]);
    }
    volume.options.set(text, option);
  }

  /** Ends the open volume, and adds it to the finished ones unless its name is missing. */
  #close(volume: OpenVolume): void {
    this.#currentVolume = undefined;
    const { name, place, keywordLines, options, ...rest } = volume;
    if (!keywordLines.has('type')) {
      const hint = "as in 'type storage/posix'";
      this.#problems.add('missing-type', name?.place ?? place, [readVolumeName(volume)], hint);
    }
    if (name !== undefined) {
      this.#volumes.push({ name, options: [...options.values()], ...rest });
    }
  }

  /** Reports a volume without `end-volume`, and closes it. @param before the words that stand in its place */
  #reportMissingEnd(volume: OpenVolume, place: SourcePlace, before: string): void {
    this.#problems.add('missing-end-volume', place, [
      readVolumeName(volume),
      volume.place.line,
      before,
    ]);
    this.#close(volume);
  }

  /** Reports a statement outside of a volume; of several in a row, only the first. */
  #reportOutside({ keyword, start, end, words }: Statement): void {
    // Without a keyword, the statement is words only, and the first is reported.
    const reportedEnd = keyword === undefined ? words[0]!.end : end;
    const text = quote(this.#source.text.slice(start, reportedEnd));
    if (!this.#hasReportedOutside) {
      this.#problems.add('outside-volume', this.#source.makePlace(start, reportedEnd), [text]);
    }
    // After a surplus `end-volume`, the next statement outside is another mistake.
    this.#hasReportedOutside = keyword !== 'end-volume';
  }

  #readWords(statement: Statement, next: Statement | undefined): LooseWord[] {
    return readWords(this.#source, statement, next, this.#listExpected(), this.#problems);
  }

  /** Lists the keywords that may follow, for messages. */
  #listExpected(): string {
    const keywordLines = this.#currentVolume?.keywordLines;
    if (keywordLines === undefined) return "'volume'";
    const listIfMissing = (keyword: Keyword) => (keywordLines.has(keyword) ? [] : [`'${keyword}'`]);
    return `${[...listIfMissing('type'), "'option'", ...listIfMissing('subvolumes')].join(', ')} or 'end-volume'`;
  }
}
