/** Changes of a source: what a rule finds, and how it is carried out. */
import type { PythonSource } from './statements.ts';
import { joined, type Token } from './tokens.ts';

/** The tokens from one to another, both included, become this text. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Something that a person has to look at. */
export interface Remark {
  /** From 1; lines keep their numbers. */
  readonly line: number;
  readonly text: string;
}

export interface Findings {
  readonly edits?: readonly Edit[];
  readonly remarks?: readonly Remark[];
}

/** One difference between Python 2 and 3. It is asked again until it finds no more to change. */
export type Rule = (source: PythonSource) => Findings;

export const edit = (from: number, to: number, text: string): Edit => ({ from, to, text });

export const remark = (source: PythonSource, index: number, text: string): Remark => ({
  line: source.line(index),
  text,
});

/** Carries edits out, of those that overlap only the first. */
export function apply(tokens: readonly Token[], edits: readonly Edit[]): string {
  let text = '';
  let at = 0;
  for (const { from, to, text: put } of [...edits].sort((a, b) => a.from - b.from)) {
    if (from < at) continue;
    text += joined(tokens.slice(at, from)) + put;
    at = to + 1;
  }
  return text + joined(tokens.slice(at));
}
