/**
 * Holds the text of a volfile, and maps offsets to places in the file.
 *
 * If commands in backticks were replaced by their output, the parsed text differs from that of the file. A Source has
 * both texts; `makePlace` maps an offset in a command's output to the command in the file.
 */

/**
 * The most bytes of a volfile, because it must fit into one RPC message, and its parsed words take a hundred times the
 * memory. The volfile of thousands of bricks has some 100 KiB.
 */
export const VOLFILE_SIZE_MAX = 8 * 2 ** 20;

/** A place in a file. Line and column start at 1; columns and length are in UTF-16 units. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** At least 1, and never beyond the end of the line. */
  readonly length: number;
}

/** Formats a place as `FILE:LINE:COLUMN`. */
export const formatPlace = ({ file, line, column }: SourcePlace): string =>
  `${file}:${line}:${column}`;

/** The characters from `start` to before `end` of the file's text were replaced by `text`. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text of a volfile, before and after its commands were replaced by their output. */
export class Source {
  /** Its name in messages. */
  readonly file: string;
  /** The text of the file. */
  readonly fileText: string;
  /** The text to parse. All offsets that methods take are offsets in it. */
  readonly text: string;
  /** Whether commands were replaced: then a backtick in `text` is an ordinary character. */
  readonly isExpanded: boolean;
  readonly #replacements: readonly Replacement[];
  readonly #lineStarts: number[] = [0];

  /** @param replacements in order, without overlaps */
  constructor(file: string, fileText: string, replacements?: readonly Replacement[]) {
    this.file = file;
    this.fileText = fileText;
    this.isExpanded = replacements !== undefined;
    this.#replacements = replacements ?? [];
    let text = '';
    let copiedEnd = 0;
    for (const replacement of this.#replacements) {
      text += fileText.slice(copiedEnd, replacement.start) + replacement.text;
      copiedEnd = replacement.end;
    }
    this.text = text + fileText.slice(copiedEnd);
    for (let end = fileText.indexOf('\n'); end >= 0; end = fileText.indexOf('\n', end + 1)) {
      this.#lineStarts.push(end + 1);
    }
  }

  /** Makes the place of the characters from `start` to before `end`, cut at the end of the first line. */
  makePlace(start: number, end: number): SourcePlace {
    const fileStart = this.#mapToFile(start, 'start');
    const fileEnd = this.#mapToFile(end, 'end');
    const line = this.#findLineNumber(fileStart);
    const lineStart = this.#lineStarts[line - 1]!;
    const lineEnd = this.#findLineEnd(line);
    const length = Math.max(1, Math.min(fileEnd, lineEnd) - fileStart);
    return { file: this.file, line, column: fileStart - lineStart + 1, length };
  }

  /** Makes the place after the last visible character. */
  makeEndPlace(): SourcePlace {
    const end = this.text.trimEnd().length;
    return this.makePlace(end, end);
  }

  /** Returns a line of the file without its line end; '' for a line beyond the end. */
  readLine(lineNumber: number): string {
    const start = this.#lineStarts[lineNumber - 1];
    return start === undefined ? '' : this.fileText.slice(start, this.#findLineEnd(lineNumber));
  }

  /** Finds the offset in the file at which a line ends, before its line break. */
  #findLineEnd(lineNumber: number): number {
    const { fileText } = this;
    let end = this.#lineStarts[lineNumber] ?? fileText.length;
    if (fileText[end - 1] === '\n') end -= 1;
    if (fileText[end - 1] === '\r') end -= 1;
    return Math.max(end, this.#lineStarts[lineNumber - 1]!);
  }

  /** Whether only blanks stand before this offset on its line. */
  isFirstOnLine(offset: number): boolean {
    let index = offset - 1;
    while (index >= 0 && this.text[index] !== '\n') {
      if (this.text[index]!.trim() !== '') return false;
      index -= 1;
    }
    return true;
  }

  /** Whether no line ends between the two offsets. */
  isSameLine(start: number, end: number): boolean {
    return !this.text.slice(start, end).includes('\n');
  }

  /** Maps an offset in the parsed text to the file; within a command's output, to that side of the command. */
  #mapToFile(offset: number, side: 'start' | 'end'): number {
    let shift = 0;
    for (const { start, end, text } of this.#replacements) {
      const parsedStart = start + shift;
      const parsedEnd = parsedStart + text.length;
      if (offset < parsedStart || (offset === parsedStart && side === 'end')) break;
      if (offset < parsedEnd || (offset === parsedEnd && side === 'end')) {
        return side === 'start' ? start : end;
      }
      shift += text.length - (end - start);
    }
    return offset - shift;
  }

  /** Finds the number of the line that has an offset of the file, by binary search. */
  #findLineNumber(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#lineStarts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}
