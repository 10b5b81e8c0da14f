/**
 * Translates an editor's lines into breakpoints of the debugger: a line of a volfile means its
 * volume, a line of a module the method around it.
 */
import { readFileSync } from 'node:fs';
import { fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import type { ModuleMethod } from '../../../runtime/core/line-stops.ts';
import { parse } from '../../../runtime/volfile/parse.ts';
import { formatReason } from '../../../terminal/exit.ts';

/** A breakpoint that stands for a line. */
export interface LineBreakpoint {
  /** The argument of the command `break`, such as `lookup@cache`. */
  readonly text: string;
  /** The line where the editor shows it; 0 for none. */
  readonly line: number;
}

/** A line at which there can be no breakpoint, with the reason. */
export interface RefusedBreakpoint {
  readonly message: string;
}

/** The lines of a volume in a volfile, from `volume` to `end-volume`. */
interface VolumeBlock {
  readonly name: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

/** Parses a volfile into its volumes; lines count from 1. @throws {Error} for a syntax error */
function parseVolumeBlocks(text: string): VolumeBlock[] {
  const findLineNumber = (offset: number): number => text.slice(0, offset).split('\n').length;
  const blocks: VolumeBlock[] = [];
  let openBlock: { name: string; firstLine: number } | null = null;
  for (const { keyword, start, end, words } of parse(text)) {
    if (keyword === 'volume')
      openBlock = { name: words[0]?.text ?? '', firstLine: findLineNumber(start) };
    else if (keyword === 'end-volume' && openBlock !== null) {
      blocks.push({ ...openBlock, lastLine: findLineNumber(end) });
      openBlock = null;
    }
  }
  return blocks;
}

/** Makes a breakpoint for all fops at the volume to which a line of a volfile belongs. */
export function makeVolumeBreakpoint(
  path: string,
  line: number,
): LineBreakpoint | RefusedBreakpoint {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return { message: `cannot read ${path}: ${formatReason(error)}` };
  }
  const block = parseVolumeBlocks(text).find(
    ({ firstLine, lastLine }) => firstLine <= line && line <= lastLine,
  );
  if (block === undefined) return { message: 'this line belongs to no volume' };
  return { text: `@${block.name}`, line: block.firstLine };
}

/** Removes case and underscores from a name, which differ by language, for comparisons. */
const normalizeName = (name: string): string => name.toLowerCase().replaceAll('_', '');
/** The names of fops, by their normalized names. */
const fopsByNormalizedName = new Map(fopNames.map((name) => [normalizeName(name), name]));

/** Finds the fop or callback that a method handles (`lookup_cbk`); null for any other method. */
export function findFop(method: string): string | null {
  const name = normalizeName(method);
  const isCbk = name.endsWith('cbk');
  const fop = fopsByNormalizedName.get(isCbk ? name.slice(0, -'cbk'.length) : name);
  if (fop === undefined) return null;
  return isCbk ? `${fop}_cbk` : fop;
}

/**
 * Makes a breakpoint at the fop's method that begins at or before a line, or else at the first one.
 */
export function makeMethodBreakpoint(
  methods: readonly ModuleMethod[],
  volume: string,
  line: number,
): LineBreakpoint | RefusedBreakpoint {
  const fopMethods = methods.filter(({ name }) => findFop(name) !== null);
  fopMethods.sort((a, b) => a.line - b.line);
  const method = fopMethods.findLast((candidate) => candidate.line <= line) ?? fopMethods[0];
  if (method === undefined) return { message: 'there is no method of a fop in this file' };
  return { text: `${findFop(method.name)}@${volume}`, line: method.line };
}
