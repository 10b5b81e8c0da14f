/**
 * Makes hostile WebAssembly modules out of the one on docs/wasm-abi.md: code that the engine could not end,
 * and sections with very many items.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BinaryReader, listSections, SECTIONS } from '../../bridges/host/wasm-binary.ts';
import { encodeUnsigned } from '../../bridges/host/wasm-edits.ts';
import { makeFolder } from './folder.ts';
import { hostedLanguage, type RunningModule, startModule } from './module.ts';
import { translate } from './wasm-text.ts';

const page = readFileSync(new URL('../../docs/wasm-abi.md', import.meta.url), 'utf8');
/** The text of the page's module, without its last bracket; its memory may grow as far as the option allows. */
const TEXT = /```wat\n([\s\S]*?)```/
  .exec(page)![1]!
  .replace(' 2 64)', ' 2)')
  .trimEnd()
  .slice(0, -1);

/** A kind of endless code: the body of a function, and what it needs besides. */
interface Endless {
  readonly body: string;
  readonly parts?: string;
}

const MEGABYTES_60 = '(i32.const 62914560)';
const GROW = '(drop (memory.grow (i32.const 962)))';
const TABLE = '(table $table 20000 funcref)';
const forEver = (body: string): string => `(loop $again ${body} (br $again))`;
/** Code without calls and loops, of some hundred bytes for each ten. */
const makeStraight = (count: number): string =>
  '(local.set $x (i64.div_s (local.get $x) (local.get $y)))'.repeat(count);
const makeLeaf = (count: number): string =>
  `(func $leaf (param $y i64) (local $x i64) (local.set $x (i64.const -1)) ${makeStraight(count)})`;
const LEAF_CALL = '(call $leaf (i64.const 3))';

export const endless: Readonly<Record<string, Endless>> = {
  'memory.copy upwards': {
    body: `${GROW} ${forEver(`(memory.copy (i32.const 1) (i32.const 0) ${MEGABYTES_60})`)}`,
  },
  'memory.copy downwards': {
    body: `${GROW} ${forEver(`(memory.copy (i32.const 0) (i32.const 1) ${MEGABYTES_60})`)}`,
  },
  'memory.fill': {
    body: `${GROW} ${forEver(`(memory.fill (i32.const 0) (i32.const 1) ${MEGABYTES_60})`)}`,
  },
  'memory.init': {
    parts: `(data $bytes "${'a'.repeat(1_000_000)}")`,
    body: `${GROW} ${forEver('(memory.init $bytes (i32.const 0) (i32.const 0) (i32.const 1000000))')}`,
  },
  'memory.grow': { body: forEver('(drop (memory.grow (i32.const 1)))') },
  'table.fill': {
    parts: TABLE,
    body: forEver('(table.fill $table (i32.const 0) (ref.null func) (i32.const 20000))'),
  },
  'table.copy': {
    parts: TABLE,
    body: forEver('(table.copy $table $table (i32.const 0) (i32.const 1) (i32.const 19999))'),
  },
  'table.init': {
    parts: `${TABLE} (elem $elements func ${'$after_text '.repeat(20_000)})`,
    body: forEver('(table.init $table $elements (i32.const 0) (i32.const 0) (i32.const 20000))'),
  },
  'table.grow': {
    parts: '(table $table 0 externref)',
    body: forEver('(drop (table.grow $table (ref.null extern) (i32.const 1)))'),
  },
  'a function of straight code': { parts: makeLeaf(15_000), body: forEver(LEAF_CALL) },
  'a short function of straight code': { parts: makeLeaf(18), body: forEver(LEAF_CALL) },
  'a function that looks as if it had calls': {
    parts: `(func $leaf (param $y i64) (local $x i64) (if (i32.const 0) (then (call $leaf (i64.const 1))))
      (local.set $x (i64.const -1)) ${makeStraight(15_000)})`,
    body: forEver(LEAF_CALL),
  },
  'a function that takes the optimising compiler gigabytes': {
    parts: makeLeaf(4000),
    body: forEver(LEAF_CALL),
  },
  'straight code with many calls': {
    parts: makeLeaf(18),
    body: forEver(LEAF_CALL.repeat(10_000)),
  },
  'random numbers': {
    body: forEver('(drop (call $random (i32.const 0) (i32.const 65536)))'),
  },
  'a call through a table': {
    parts: '(table 1 funcref) (elem (i32.const 0) $nothing) (func $nothing)',
    body: forEver('(call_indirect (i32.const 0))'),
  },
};

const IMPORT =
  '(import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))';

/** Returns the page's module with more definitions. */
export const makeModule = (parts: string): Uint8Array =>
  translate(`${TEXT.replace('(module\n', `(module ${IMPORT}\n`)}\n${parts})`);

/** Returns a module that runs endless code at its start. */
export const makeEndlessStart = (name: string, isStartSection: boolean): Uint8Array => {
  const { body, parts = '' } = endless[name]!;
  return isStartSection
    ? makeModule(`${parts} (func $endless ${body}) (start $endless)`)
    : makeModule(`${parts} (func (export "_initialize") ${body})`);
};

/** The names whose lookups run endless code, by the kind of that. */
export const attackNames: ReadonlyMap<string, string> = new Map(
  Object.keys(endless).map((kind, i) => [kind, `attack${String.fromCharCode(65 + i)}`]),
);

/** Whether code has functions that are too large for the optimising compiler. */
export const isLarge = (kind: string): boolean => (endless[kind]!.parts ?? '').length > 30_000;

/**
 * Returns a module that runs endless code of these kinds in a lookup of a name of `attackNames`, and passes
 * on all others.
 */
export function makeEndlessCalls(kinds: readonly string[]): Uint8Array {
  const rows = kinds.map((kind) => {
    const { body, parts = '' } = endless[kind]!;
    const i = Object.keys(endless).indexOf(kind);
    /** Makes the names of definitions those of this row. */
    const rename = (text: string): string =>
      text.replace(/\$(?!after_text|random)\w+/g, (name) => `${name}_${i}`);
    return {
      parts: rename(`${parts} (func $endless ${body})`),
      call: `(if (i32.eq (i32.load8_u offset=14 (local.get $at)) (i32.const ${65 + i}))
        (then (call $endless_${i})))`,
    };
  });
  const text = TEXT.replace('"nothing\\00"', '"attack\\00\\00"')
    .replace(
      '(i64.load offset=8 (local.get $at))',
      '(i64.and (i64.load offset=8 (local.get $at)) (i64.const 0xffffffffffff))',
    )
    .replace('(then (return (i32.const -2)))', `(then ${rows.map(({ call }) => call).join(' ')})`)
    .replace('(module\n', `(module ${IMPORT}\n`);
  return translate(`${text} ${rows.map(({ parts }) => parts).join(' ')})`);
}

/** The order of the sections of a module. */
const ORDER = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/** Returns a module with more items at the end of a section, which it may not have. */
export function addItems(
  module: Uint8Array,
  id: number,
  count: number,
  makeItem: (index: number) => ArrayLike<number>,
): Uint8Array {
  const items = Array.from({ length: count }, (_, index) => makeItem(index));
  const sections = listSections(module);
  const section = sections.find((candidate) => candidate.id === id);
  const reader = section
    ? new BinaryReader(module, section.start, section.end)
    : new BinaryReader(module, 0, 0);
  const newCount = encodeUnsigned((section ? reader.readCount() : 0) + count);
  const content = Buffer.concat([
    Uint8Array.from(newCount),
    module.subarray(reader.offset, reader.end),
    ...items.map((item) => Uint8Array.from(item)),
  ]);
  const next = sections.find(
    (candidate) => candidate.id !== 0 && ORDER.indexOf(candidate.id) > ORDER.indexOf(id),
  );
  const start = section?.headerStart ?? next?.headerStart ?? module.length;
  return Buffer.concat([
    module.subarray(0, start),
    Uint8Array.from([id, ...encodeUnsigned(content.length)]),
    content,
    module.subarray(section?.end ?? start),
  ]);
}

/** Items of sections, of which there may be this many. */
export const items: Readonly<
  Record<string, readonly [id: number, max: number, makeItem: (index: number) => readonly number[]]>
> = {
  types: [
    SECTIONS.type,
    5000,
    (index) => [0x60, 12, ...Array.from({ length: 12 }, (_, i) => 0x7c + ((index >> i) & 3)), 0],
  ],
  functions: [SECTIONS.function, 100_000, () => [0]],
  tables: [SECTIONS.table, 100, () => [0x70, 0, 0]],
  globals: [SECTIONS.global, 10_000, () => [0x7e, 1, 0x42, 0, 0x0b]],
  exports: [
    SECTIONS.export,
    10_000,
    (index) => [5, ...Buffer.from(index.toString(36).padStart(5, '_')), 0, 0],
  ],
  'element segments': [SECTIONS.element, 10_000, () => [1, 0, 1, 0]],
  'data segments': [SECTIONS.data, 10_000, () => [1, 1, 0]],
};

/** Starts a module of these bytes in a graph. */
export function start(bytes: Uint8Array): Promise<RunningModule> {
  const folder = makeFolder();
  writeFileSync(join(folder, 'm.wasm'), bytes);
  const options = { 'time-limit': '0.2', 'memory-limit': '64MB', 'restart-backoff': '0' };
  return startModule(folder, { name: 'm.wasm', language: hostedLanguage, options });
}
