/**
 * The text of a volfile and the places in it.
 *
 * What is parsed may differ from what is in the file, because commands in backticks were replaced
 * by their output. A Source keeps both texts, and `place` always answers in terms of the file:
 * everything in a command's output is at the command.
 */

/**
 * Bytes that a volfile may have: it has to fit into one message, and its words take a hundred times as
 * much memory. Those of thousands of bricks have some 100 KiB.
 */
export const VOLFILE_SIZE_MAX = 8 * 2 ** 20;

/** Where something is written. Line and column count from 1, columns and length UTF-16 units. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** At least 1, and never beyond the end of the line. */
  readonly length: number;
}

/** `FILE:LINE:COLUMN`. */
export const where = ({ file, line, column }: SourcePlace): string => `${file}:${line}:${column}`;

/** [start, end) of the file's text was replaced by `text`. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export class Source {
  /** As it appears in messages. */
  readonly file: string;
  /** What the file contains. */
  readonly written: string;
  /** What is parsed. All offsets the methods take are offsets in this. */
  readonly text: string;
  /** Whether commands were replaced; then a backtick that is left in the text is a letter. */
  readonly expanded: boolean;
  readonly #replacements: readonly Replacement[];
  readonly #lineStarts: number[] = [0];

  /** `replacements` are in order and do not overlap. */
  constructor(file: string, written: string, replacements?: readonly Replacement[]) {
    this.file = file;
    this.written = written;
    this.expanded = replacements !== undefined;
    this.#replacements = replacements ?? [];
    let text = '';
    let copied = 0;
    for (const replacement of this.#replacements) {
      text += written.slice(copied, replacement.start) + replacement.text;
      copied = replacement.end;
    }
    this.text = text + written.slice(copied);
    for (let at = written.indexOf('\n'); at >= 0; at = written.indexOf('\n', at + 1)) {
      this.#lineStarts.push(at + 1);
    }
  }

  place(start: number, end: number): SourcePlace {
    const from = this.#writtenOffset(start, 'start');
    const to = this.#writtenOffset(end, 'end');
    const line = this.#lineAt(from);
    const lineStart = this.#lineStarts[line - 1]!;
    const lineEnd = this.#lineEnd(line);
    const length = Math.max(1, Math.min(to, lineEnd) - from);
    return { file: this.file, line, column: from - lineStart + 1, length };
  }

  /** Behind the last thing in the file that is neither a blank nor the end of a line. */
  end(): SourcePlace {
    const at = this.text.trimEnd().length;
    return this.place(at, at);
  }

  /** A line of the file without its end; empty when there is no such line. */
  line(number: number): string {
    const start = this.#lineStarts[number - 1];
    return start === undefined ? '' : this.written.slice(start, this.#lineEnd(number));
  }

  #lineEnd(number: number): number {
    const { written } = this;
    let end = this.#lineStarts[number] ?? written.length;
    if (written[end - 1] === '\n') end -= 1;
    if (written[end - 1] === '\r') end -= 1;
    return Math.max(end, this.#lineStarts[number - 1]!);
  }

  /** True when only blanks stand before this offset on its line. */
  opensLine(offset: number): boolean {
    let at = offset - 1;
    while (at >= 0 && this.text[at] !== '\n') {
      if (this.text[at]!.trim() !== '') return false;
      at -= 1;
    }
    return true;
  }

  /** True when no line ends between the two offsets. */
  sameLine(start: number, end: number): boolean {
    return !this.text.slice(start, end).includes('\n');
  }

  #writtenOffset(offset: number, side: 'start' | 'end'): number {
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

  #lineAt(offset: number): number {
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
