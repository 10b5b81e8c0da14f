/**
 * Parses a volfile into statements. The grammar is volfile.peggy. All offsets count UTF-16 units of
 * the parsed text; `end` is exclusive.
 */
import { parse as parseByGrammar } from './volfile.gen.ts';

export type Keyword = 'volume' | 'type' | 'option' | 'subvolumes' | 'end-volume';

/** A part of a word that is a command or a mistake. `text` is as written. */
export interface Piece<Kind extends string> {
  readonly kind: Kind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export type Command = Piece<'command'>;
export type Flaw = Piece<'unterminated-string' | 'stray-backslash' | 'unterminated-command'>;

export interface ParsedWord {
  /** The value without quotes and escapes, but with commands in their backticks. */
  readonly text: string;
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
  readonly commands: readonly Command[];
  readonly flaws: readonly Flaw[];
}

/** `start` and `end` delimit the keyword; without one, both are the start of the first word. */
export interface Statement {
  readonly keyword: Keyword | undefined;
  readonly start: number;
  readonly end: number;
  readonly words: readonly ParsedWord[];
}

/** Never throws: see the head of volfile.peggy. `commands` is true by default. */
export const parse = parseByGrammar as (
  text: string,
  options?: { commands?: boolean },
) => Statement[];
