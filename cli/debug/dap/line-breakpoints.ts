/** Translates lines into breakpoints: in a volfile the line's volume, in a module the line's method. */
import { readFileSync } from 'node:fs';
import { fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import type { ModuleMethod } from '../../../runtime/core/line-stops.ts';
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
export interface RefusedBreakpoint {
  readonly message: string;
}

interface Block {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/** The volumes of a volfile, with their lines from 1 on. @throws {Error} when it cannot be read */
function parseBlocks(text: string): Block[] {
  const lineNumber = (at: number): number => text.slice(0, at).split('\n').length;
  const blocks: Block[] = [];
  let openBlock: { name: string; first: number } | null = null;
  for (const { keyword, start, end, words } of parse(text)) {
    if (keyword === 'volume') openBlock = { name: words[0]?.text ?? '', first: lineNumber(start) };
    else if (keyword === 'end-volume' && openBlock !== null) {
      blocks.push({ ...openBlock, last: lineNumber(end) });
      openBlock = null;
    }
  }
  return blocks;
}

/** A breakpoint for all fops at the volume of a line in a volfile. */
export function makeVolumeBreakpoint(
  path: string,
  line: number,
): LineBreakpoint | RefusedBreakpoint {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return { message: `cannot read ${path}: ${reason(error)}` };
  }
  const block = parseBlocks(text).find(({ first, last }) => first <= line && line <= last);
  if (block === undefined) return { message: 'this line belongs to no volume' };
  return { text: `@${block.name}`, line: block.first };
}

const normalizeName = (name: string): string => name.toLowerCase().replaceAll('_', '');
const fops = new Map(fopNames.map((name) => [normalizeName(name), name]));

/** The fop or callback of a method, `lookup`, `lookup_cbk`; null for any other method. */
export function findFop(method: string): string | null {
  const name = normalizeName(method);
  const isCbk = name.endsWith('cbk');
  const fop = fops.get(isCbk ? name.slice(0, -'cbk'.length) : name);
  if (fop === undefined) return null;
  return isCbk ? `${fop}_cbk` : fop;
}

/** A breakpoint for the method at a line, or the next one. */
export function makeMethodBreakpoint(
  methods: readonly ModuleMethod[],
  volume: string,
  line: number,
): LineBreakpoint | RefusedBreakpoint {
  const fopMethods = methods.filter(({ name }) => findFop(name) !== null);
  fopMethods.sort((a, b) => a.line - b.line);
  const method = fopMethods.findLast((method) => method.line <= line) ?? fopMethods[0];
  if (method === undefined) return { message: 'there is no method of a fop in this file' };
  return { text: `${findFop(method.name)}@${volume}`, line: method.line };
}
