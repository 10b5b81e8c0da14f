/**
 * Reads a source map (version 3) of a WebAssembly module, as AssemblyScript writes it: which line of
 * which file an offset in the module comes from. Its text is untrusted.
 *
 * Source: ECMA-426. A module has one line, whose columns are the offsets.
 */
import { MalformedModuleError } from '../host/wasm-binary.ts';
import { findLastUpTo } from './debug-lines.ts';
import type { FindPosition } from './traps.ts';

/** The most segments that are read. */
const MAX_SEGMENTS = 1_000_000;
const DIGITS = new Map(
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map((digit, value) => [
    digit,
    value,
  ]),
);
/** The bit of a digit that more digits follow, and the number of its other bits. */
const CONTINUES = 32;
const DIGIT_BITS = 5;

/** Decodes the numbers of a segment. @throws {MalformedModuleError} */
function decodeSegment(text: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const digit of text) {
    const bits = DIGITS.get(digit);
    if (bits === undefined || shift > 30) throw new MalformedModuleError('a mapping is malformed');
    value += (bits & (CONTINUES - 1)) * 2 ** shift;
    shift += DIGIT_BITS;
    if ((bits & CONTINUES) !== 0) continue;
    const magnitude = Math.floor(value / 2);
    numbers.push(value % 2 === 1 ? -magnitude : magnitude);
    [value, shift] = [0, 0];
  }
  return numbers;
}

/** Reads a source map. @throws {MalformedModuleError} */
export function readSourceMap(text: string): FindPosition {
  let map: { readonly sources?: unknown; readonly mappings?: unknown } | null;
  try {
    map = JSON.parse(text) as typeof map;
  } catch {
    throw new MalformedModuleError('the source map is not JSON');
  }
  const { sources, mappings } = map ?? {};
  if (!Array.isArray(sources) || typeof mappings !== 'string')
    throw new MalformedModuleError('the source map has no sources or mappings');
  const offsets: number[] = [];
  const files: unknown[] = [];
  const lines: number[] = [];
  let [offset, source, line] = [0, 0, 0];
  for (const segment of mappings.split(';', 1)[0]!.split(',', MAX_SEGMENTS)) {
    const [offsetStep, sourceStep, lineStep] = decodeSegment(segment);
    if (offsetStep === undefined) continue;
    offset += offsetStep;
    if (sourceStep === undefined || lineStep === undefined) continue;
    source += sourceStep;
    line += lineStep;
    offsets.push(offset);
    files.push(sources[source]);
    lines.push(line + 1);
  }
  return (wanted) => {
    const index = findLastUpTo(offsets, wanted);
    const file = files[index];
    return typeof file === 'string' ? { file, line: lines[index]! } : undefined;
  };
}
