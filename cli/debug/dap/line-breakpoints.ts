/** Translates lines into breakpoints: in a volfile the line's volume, in a module the line's method. */
import { readFileSync } from 'node:fs';
import { fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import type { ScriptMethod } from '../../../runtime/core/line-stops.ts';
import { parse } from '../../../runtime/volfile/volfile.gen.js';
import { reason } from '../../../terminal/reason.ts';

/** A breakpoint at a line. */
export interface LineBreakpoint {
  /** The breakpoint's text (`debug/breakpoints.ts`). */
  readonly text: string;
  /** The line where the client shows it. */
  readonly line: number;
}

/** The reason against a breakpoint. */
export interface NoBreakpoint {
  readonly message: string;
}

interface Block {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/** The volumes of a volfile, with their lines from 1 on. @throws {Error} when it cannot be read */
function blocksOf(text: string): Block[] {
  const lineOf = (at: number): number => text.slice(0, at).split('\n').length;
  const blocks: Block[] = [];
  let open: { name: string; first: number } | null = null;
  for (const { keyword, start, end, words } of parse(text)) {
    if (keyword === 'volume') open = { name: words[0]?.text ?? '', first: lineOf(start) };
    else if (keyword === 'end-volume' && open !== null) {
      blocks.push({ ...open, last: lineOf(end) });
      open = null;
    }
  }
  return blocks;
}

/** A breakpoint for all fops at the volume of a line in a volfile. */
export function volumeAt(path: string, line: number): LineBreakpoint | NoBreakpoint {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return { message: `cannot read ${path}: ${reason(error)}` };
  }
  const block = blocksOf(text).find(({ first, last }) => first <= line && line <= last);
  if (block === undefined) return { message: 'this line belongs to no volume' };
  return { text: `@${block.name}`, line: block.first };
}

const plain = (name: string): string => name.toLowerCase().replaceAll('_', '');
const fops = new Map(fopNames.map((name) => [plain(name), name]));

/** The fop or callback of a method, `lookup`, `lookup_cbk`; null for any other method. */
export function fopOf(method: string): string | null {
  const name = plain(method);
  const isCbk = name.endsWith('cbk');
  const fop = fops.get(isCbk ? name.slice(0, -'cbk'.length) : name);
  if (fop === undefined) return null;
  return isCbk ? `${fop}_cbk` : fop;
}

/** A breakpoint for the method at a line, or the next one. */
export function methodAt(
  methods: readonly ScriptMethod[],
  volume: string,
  line: number,
): LineBreakpoint | NoBreakpoint {
  const known = methods.filter(({ name }) => fopOf(name) !== null);
  known.sort((a, b) => a.line - b.line);
  const method = known.findLast((each) => each.line <= line) ?? known[0];
  if (method === undefined) return { message: 'there is no method of a fop in this file' };
  return { text: `${fopOf(method.name)}@${volume}`, line: method.line };
}
