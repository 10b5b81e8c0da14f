/**
 * Assembles statements into volumes. Reports every mistake in the form of a volfile, and goes on: a
 * volume with a mistake in it still counts as defined.
 *
 * It accepts more than GlusterFS: a volume with nothing but a type, and statements in any order.
 */
import { mend } from './mend.ts';
import { quote } from './printable.ts';
import type { Problems } from './problems.ts';
import type { Source, SourcePlace } from './source.ts';
import { type LooseWord, readWords } from './statement-words.ts';
import type { Keyword, Statement } from './volfile.gen.js';

export interface LooseOption {
  readonly key: LooseWord;
  readonly value: LooseWord;
}

/** A VolumeDescription in which parts may be missing or wrong. */
export interface LooseVolume {
  readonly name: LooseWord;
  readonly type: LooseWord | undefined;
  readonly options: readonly LooseOption[];
  readonly subvolumes: readonly LooseWord[];
  /** Whether 'subvolumes' has a mistake, so that their number is not checked. */
  readonly subvolumesDoubtful: boolean;
}

export function assemble(
  source: Source,
  statements: readonly Statement[],
  problems: Problems,
): LooseVolume[] {
  return new Assembler(source, problems).run(mend(source, statements, problems));
}

interface OpenVolume {
  /** Undefined when the name is missing. */
  name: LooseWord | undefined;
  readonly at: SourcePlace;
  /** Keywords that may occur once, with their lines. */
  readonly seen: Map<Keyword, number>;
  type: LooseWord | undefined;
  /** By key, in the order of the last statement of each. */
  readonly options: Map<string, LooseOption>;
  readonly subvolumes: LooseWord[];
  subvolumesDoubtful: boolean;
}

const labelOf = (volume: OpenVolume): string => volume.name?.text ?? '';

class Assembler {
  readonly #source: Source;
  readonly #problems: Problems;
  readonly #volumes: LooseVolume[] = [];
  #open: OpenVolume | undefined;
  /** Whether a statement outside of any volume was reported. */
  #astray = false;

  constructor(source: Source, problems: Problems) {
    this.#source = source;
    this.#problems = problems;
  }

  run(statements: readonly Statement[]): LooseVolume[] {
    statements.forEach((statement, i) => {
      this.#statement(statement, statements[i + 1]);
    });
    const end = this.#source.end();
    if (this.#open !== undefined) this.#endMissing(this.#open, end, 'the end of the file');
    if (statements.length === 0) this.#problems.add('no-volume', end, []);
    return this.#volumes;
  }

  #statement(statement: Statement, next: Statement | undefined): void {
    const { keyword } = statement;
    if (keyword === 'volume') {
      this.#begin(statement, next);
    } else if (keyword === undefined || this.#open === undefined) {
      this.#outside(statement);
    } else if (keyword === 'end-volume') {
      this.#close(this.#open);
      this.#words(statement, next);
    } else {
      this.#inside(this.#open, keyword, statement, next);
    }
  }

  #begin(statement: Statement, next: Statement | undefined): void {
    const at = this.#source.place(statement.start, statement.end);
    if (this.#open !== undefined) this.#endMissing(this.#open, at, `the next 'volume'`);
    this.#astray = false;
    this.#open = {
      name: undefined,
      at,
      seen: new Map(),
      type: undefined,
      options: new Map(),
      subvolumes: [],
      subvolumesDoubtful: false,
    };
    this.#open.name = this.#words(statement, next)[0];
  }

  #inside(
    volume: OpenVolume,
    keyword: 'type' | 'option' | 'subvolumes',
    statement: Statement,
    next: Statement | undefined,
  ): void {
    const at = this.#source.place(statement.start, statement.end);
    const first = volume.seen.get(keyword);
    if (keyword !== 'option') {
      volume.seen.set(keyword, first ?? at.line);
      if (first !== undefined) {
        this.#problems.add('duplicate-statement', at, [keyword, labelOf(volume), first]);
      }
    }
    const words = this.#words(statement, next);
    if (keyword === 'option') {
      if (words.length === 2) this.#option(volume, { key: words[0]!, value: words[1]! });
    } else if (keyword === 'type') {
      volume.type ??= words[0];
    } else {
      // Pushed one by one: a call takes too few arguments.
      for (const word of words) volume.subvolumes.push(word);
      const doubtful = words.length === 0 || words.some((word) => word.doubtful);
      volume.subvolumesDoubtful ||= doubtful || first !== undefined;
    }
  }

  #option(volume: OpenVolume, option: LooseOption): void {
    const { text, at } = option.key;
    const earlier = volume.options.get(text);
    if (earlier !== undefined) {
      volume.options.delete(text);
      this.#problems.add('repeated-option', at, [text, labelOf(volume), earlier.key.at.line]);
    }
    volume.options.set(text, option);
  }

  #close(volume: OpenVolume): void {
    this.#open = undefined;
    const { name, at, seen, options, ...rest } = volume;
    if (!seen.has('type')) {
      const hint = "as in 'type storage/posix'";
      this.#problems.add('missing-type', name?.at ?? at, [labelOf(volume)], hint);
    }
    if (name !== undefined) {
      this.#volumes.push({ name, options: [...options.values()], ...rest });
    }
  }

  #endMissing(volume: OpenVolume, at: SourcePlace, before: string): void {
    this.#problems.add('missing-end-volume', at, [labelOf(volume), volume.at.line, before]);
    this.#close(volume);
  }

  #outside({ keyword, start, end, words }: Statement): void {
    const until = keyword === undefined ? words[0]!.end : end;
    const found = quote(this.#source.text.slice(start, until));
    if (!this.#astray) {
      this.#problems.add('outside-volume', this.#source.place(start, until), [found]);
    }
    this.#astray = keyword !== 'end-volume';
  }

  #words(statement: Statement, next: Statement | undefined): LooseWord[] {
    return readWords(this.#source, statement, next, this.#expected(), this.#problems);
  }

  /** The keywords that may follow. */
  #expected(): string {
    const seen = this.#open?.seen;
    if (seen === undefined) return "'volume'";
    const once = (keyword: Keyword) => (seen.has(keyword) ? [] : [`'${keyword}'`]);
    return `${[...once('type'), "'option'", ...once('subvolumes')].join(', ')} or 'end-volume'`;
  }
}
