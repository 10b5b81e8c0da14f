/**
 * Tests of files that are not a module for features/glupy, or a harmful one: each is refused at the
 * start in one line, which names the mistake and what avoids it. The modules are changed copies of the
 * one on docs/wasm-abi.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENOENT } from '../../../runtime/core/errno.ts';
import { makeFolder } from '../../support/folder.ts';
import { hostedLanguage, type RunningModule, startModule } from '../../support/module.ts';
import { rows } from '../../support/rows.ts';
import { translate } from '../../support/wasm-text.ts';

const page = readFileSync(new URL('../../../docs/wasm-abi.md', import.meta.url), 'utf8');
const TEXT = /```wat\n([\s\S]*?)```/.exec(page)![1]!;

/** The page's module with this in place of that. */
function change(from: string, to: string): Uint8Array {
  expect(TEXT).toContain(from);
  return translate(TEXT.replace(from, () => to));
}
/** The page's module with more at its start, or at its end. */
const withFirst = (text: string): Uint8Array => change('(module\n', `(module\n${text}\n`);
const withLast = (text: string): Uint8Array =>
  translate(`${TEXT.trimEnd().slice(0, -1)}\n${text})`);

async function start(
  bytes: Uint8Array,
  options: Readonly<Record<string, string>> = {},
): Promise<RunningModule> {
  const folder = makeFolder();
  writeFileSync(join(folder, 'm.wasm'), bytes);
  return startModule(folder, { name: 'm.wasm', language: hostedLanguage, options });
}

/** The message with which the volume does not start. */
async function findRefusal(
  bytes: Uint8Array,
  options: Readonly<Record<string, string>> = {},
): Promise<string> {
  try {
    await start(bytes, options);
  } catch (error) {
    expect((error as Error).name).toMatch(/^(GraphError|InitError)$/);
    return (error as Error).message;
  }
  throw new Error('the module was loaded');
}

/** An unsigned LEB128 number of 5 bytes. */
const leb = (value: number): number[] =>
  [0, 7, 14, 21, 28].map(
    (shift) => (Math.floor(value / 2 ** shift) & 127) | (shift < 28 ? 128 : 0),
  );

/** The module with a custom section before its others. */
function withSection(module: Uint8Array, name: string, content: Uint8Array): Uint8Array {
  const head = [0, ...leb(1 + name.length + content.length), name.length, ...Buffer.from(name)];
  return Buffer.concat([module.subarray(0, 8), Buffer.from(head), content, module.subarray(8)]);
}

const whole = translate(TEXT);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const files: Readonly<Record<string, readonly [bytes: () => Uint8Array, message: RegExp]>> = {
  'an empty file': [() => new Uint8Array(), /m\.wasm is empty/],
  'a text': [() => utf8('no module\n'), /m\.wasm is not a WebAssembly module/],
  'WebAssembly text': [() => utf8(TEXT), /is WebAssembly text, .*translate it with wat2wasm/],
  'a shared object': [() => Uint8Array.of(127, 69, 76, 70, 2), /an ELF file.*features\/native/],
  'a component': [
    () => Uint8Array.of(0, 97, 115, 109, 13, 0, 1, 0),
    /is a component: build a core module/,
  ],
  'a module of another version of the format': [
    () => Uint8Array.of(0, 97, 115, 109, 2, 0, 0, 0),
    /a WebAssembly module of an unknown version/,
  ],
  'half a module': [
    () => whole.subarray(0, whole.length >> 1),
    /is not a whole WebAssembly module: it ends too early/,
  ],
  'a module of 100 MB': [
    () => withSection(whole, 'padding', new Uint8Array(100 * 2 ** 20)),
    /has 100 MiB, and a module may have 64: link it with -Wl,--strip-all/,
  ],
  'an export whose name is not UTF-8': [
    () =>
      Buffer.from(
        Buffer.from(whole).toString('latin1').replace('glossa_data', 'glossa_d\xffta'),
        'latin1',
      ),
    /a name in it is not UTF-8/,
  ],
  'a section glossa that is not UTF-8': [
    () => withSection(whole, 'glossa', Uint8Array.of(123, 0xff, 125)),
    /its section 'glossa' is not UTF-8/,
  ],
  'a section glossa that is not JSON': [
    () => withSection(whole, 'glossa', utf8('interface 1')),
    /its section 'glossa' is not a JSON object/,
  ],
  'a section glossa of another interface': [
    () => withSection(whole, 'glossa', utf8('{"interface": 2}')),
    /was compiled for version 2 of the interface, and this is version 1: compile it anew/,
  ],
  'a need that is unknown': [
    () => withSection(whole, 'glossa', utf8('{"interface": 1, "needs": ["pathh"]}')),
    /it needs 'pathh', which this version does not have.*did you mean 'path'/,
  ],
  'code that does not fit its type': [
    () => {
      const bytes = Uint8Array.from(whole);
      // The last instruction before the end of the last function's body.
      bytes[bytes.lastIndexOf(0x41)] = 0x1a;
      return bytes;
    },
    /m\.wasm (cannot be compiled|is not a whole)/,
  ],
};

const exported = rows`
another interface version ⇒ (result i32) (i32.const 1))
    (func (export "glossa_messages")
  ⇒ (result i32) (i32.const 2))
    (func (export "glossa_messages")
  ⇒ was compiled for version 2 of the interface, and this is version 1: compile it anew
an export that is missing ⇒ (export "glossa_data") ⇒ (export "data")
  ⇒ does not export glossa_data: compile it with glossa\.h, or see docs\/wasm-abi\.md
a memory that is not exported ⇒ (memory (export "memory") 2 64) ⇒ (memory 2 64)
  ⇒ does not export memory: link it with --export-memory
an export of another kind ⇒ (func (export "glossa_data") (param i32) (result i32) (i32.const 0))
  ⇒ (global (export "glossa_data") i32 (i32.const 0))
  ⇒ exports glossa_data as a global, not as a function
a function of another type ⇒ (func (export "glossa_data") (param i32) (result i32) (i32.const 0))
  ⇒ (func (export "glossa_data") (param i64) (result i32) (i32.const 0))
  ⇒ exports glossa_data with the type \(i64\) -> i32, where the interface has \(i32\) -> i32
a memory that begins beyond memory-limit ⇒ (memory (export "memory") 2 64)
  ⇒ (memory (export "memory") 60000)
  ⇒ begins with 3750 MiB of memory, and option memory-limit allows \d+
a data segment outside of the memory ⇒ (data (i32.const 16) "nothing\00")
  ⇒ (data (i32.const 131070) "nothing\00") ⇒ m\.wasm: a data segment outside of its memory
a shared memory ⇒ (memory (export "memory") 2 64) ⇒ (memory (export "memory") 2 64 shared)
  ⇒ a shared memory, for threads: compile it without -pthread and --shared-memory
two memories ⇒ (memory (export "memory") 2 64) ⇒ (memory (export "memory") 2 64) (memory 1)
  ⇒ has several memories
`;

/** Imports, and the library that usually asks for them. */
const imports: Readonly<Record<string, RegExp>> = {
  'wasi_snapshot_preview1 path_open':
    /usually means files \(fopen and open in C, std::fs in Rust\)/,
  'wasi_snapshot_preview1 fd_read': /usually means files/,
  'wasi_snapshot_preview1 fd_prestat_get': /usually means files/,
  'wasi_snapshot_preview1 poll_oneoff': /sleep or poll, .*use a timer/,
  'wasi_snapshot_preview1 sock_accept': /sockets, which a module does not have/,
  'wasi_snapshot_preview1 proc_raise': /signals, which a module does not have/,
  'wasi thread-spawn': /threads: compile it without -pthread/,
  'wasi_unstable fd_write': /an old WASI: compile it with a newer toolchain/,
  'wasi:io/streams@0.2.0 read': /components of WASI 0\.2: compile it for wasm32-wasip1/,
  'GOT.func malloc': /an object file or a shared library: link it without -c and -shared/,
  'env emscripten_resize_heap': /Emscripten's runtime/,
  'env __cxa_throw': /Emscripten's runtime/,
  'wbg __wbindgen_throw': /wasm-bindgen, which is for web pages/,
  'gojs syscall/js.valueGet': /Go's runtime for web pages: use TinyGo/,
  'env curl_easy_init':
    /a function that nothing defines \(is a library missing where it is linked\?\)/,
  'host anything': /it imports host\.anything, which is not provided/,
};

const LOOP = '(loop $again (br $again))';
const SHORT = { 'time-limit': '0.4' };

describe('a module in WebAssembly is refused at the start for', () => {
  it.each(Object.entries(files))('%s', async (_, [bytes, message]) => {
    expect(await findRefusal(bytes())).toMatch(message);
  });

  it.each(exported)('%s', async (_, from, to, message) => {
    expect(await findRefusal(change(from, to))).toMatch(new RegExp(message));
  });

  it.each(Object.entries(imports))('the import %s', async (name, message) => {
    const [module, field] = name.split(' ');
    const bytes = withFirst(`(import "${module}" "${field}" (func (param i32)))`);
    const text = await findRefusal(bytes);
    expect(text).toMatch(message);
    expect(text).toContain(`it imports ${module}.${field}`);
  });

  it('several imports, whose number is named, and one of another type', async () => {
    const two = '(import "env" "one" (func)) (import "env" "two" (func))';
    expect(await findRefusal(withFirst(two))).toMatch(
      /env\.one, .*, and 1 more that are not provided/,
    );
    const type = '(import "wasi_snapshot_preview1" "fd_write" (func (param i32)))';
    expect(await findRefusal(withFirst(type))).toMatch(
      /imports wasi_snapshot_preview1\.fd_write as \(i32\) -> \(\), which is a function \(i32, i32, i32, i32\) -> i32/,
    );
  });

  it('a memory of the host, with the flag that avoids it', async () => {
    const text = change('(memory (export "memory") 2 64)', '(import "env" "memory" (memory 2))');
    expect(await findRefusal(text)).toMatch(
      /a memory of the host: link it without --import-memory/,
    );
  });

  it('64-bit addresses and exceptions, with the flags that avoid them', async () => {
    const wide = translate('(module (memory (export "memory") i64 2))');
    expect(await findRefusal(wide)).toMatch(
      /has 64-bit addresses: compile it for wasm32, not wasm64/,
    );
    const throwing = withFirst('(tag (param i32))');
    expect(await findRefusal(throwing)).toMatch(
      /uses exceptions, .*compile it with -fno-exceptions/,
    );
  });

  it('nothing of the interface, and a main function', async () => {
    expect(await findRefusal(translate('(module (func (export "f")))'))).toMatch(
      /exports nothing of the interface of translators \(it was compiled without glossa\.h\)/,
    );
    expect(await findRefusal(translate('(module (func (export "_start")))'))).toMatch(
      /is a program with a main function: compile it with -mexec-model=reactor/,
    );
  });

  it.each([
    ['its start function', `(func $spin ${LOOP}) (start $spin)`],
    ['_initialize', `(func (export "_initialize") ${LOOP})`],
  ])('%s that never returns', async (_, text) => {
    expect(await findRefusal(withLast(text), SHORT)).toMatch(/ran too long .*option time-limit/);
  });

  it.each([
    ['its version', '(func (export "glossa_abi_version") (result i32) '],
    [
      'its area',
      '(func (export "glossa_area") (param $bytes i32) (result i32)\n    (local $pages i32)',
    ],
    ['its description', '(func $describe (result i32)'],
  ])('a loop without end in the function of %s', async (_, from) => {
    expect(await findRefusal(change(from, `${from} ${LOOP}`), SHORT)).toMatch(/ran too long/);
  });

  it.each([
    ['0', /no memory for the arguments/],
    ['65537', /outside of its memory, or not aligned to 8/],
    ['-8', /outside of its memory, or not aligned to 8/],
    ['131064', /outside of its memory, or not aligned to 8/],
  ])('an area at %s', async (address, message) => {
    const text = change(
      '(i32.const 65536))\n\n  ;; These',
      `(i32.const ${address}))\n\n  ;; These`,
    );
    expect(await findRefusal(text)).toMatch(message);
  });

  it('a call through its table with another type, and elements outside of the table', async () => {
    const table = `(table 1 funcref) (elem (i32.const 0) $wrong) (func $wrong (param f64))
      (func (export "_initialize") (call_indirect (param i32) (i32.const 1) (i32.const 0)))`;
    expect(await findRefusal(withLast(table))).toMatch(
      /a call through a pointer to anything but a function of this type/,
    );
    const beyond = '(table 1 funcref) (elem (i32.const 5) $f) (func $f)';
    expect(await findRefusal(withLast(beyond))).toMatch(/elements outside of its table/);
  });

  it.each([
    ['fewer numbers than fops', '(f64.const 70)', '(f64.const 30)', /ends too early/],
    ['numbers beyond its memory', '(f64.const 70)', '(f64.const 1e12)', /outside of its memory/],
    ['a count that is not a number', '(f64.const 70)', '(f64.const nan)', /outside of its memory/],
    ['half a number', '(f64.const 70)', '(f64.const 69.5)', /outside of its memory/],
    [
      'no end',
      '(f64.const -1))\n    (f64.store (i32.const 65536)',
      '(f64.const 1e9))\n    (f64.store (i32.const 65536)',
      /ends too early/,
    ],
  ])('a description of %s', async (_, from, to, message) => {
    expect(await findRefusal(change(from, to))).toMatch(message);
  });
});

describe('a module in WebAssembly', () => {
  it('gets the memory of memory-limit if it takes all at its start, and serves', async () => {
    const text = `(func (export "_initialize") (loop $again
      (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))))`;
    const grown = TEXT.replace(' 2 64)', ' 2)').trimEnd().slice(0, -1);
    const run = await start(translate(`${grown}\n${text})`), { 'memory-limit': '64MB' });
    expect(run.host.interpreter.guest.memoryBytes).toBe(64 * 2 ** 20);
    expect(run.ask('lookup', run.knownLoc('nothing'), null).opErrno).toBe(ENOENT);
  });

  it('serves if its memory grows while it tells its version', async () => {
    const version = '(func (export "glossa_abi_version") (result i32) ';
    const run = await start(change(version, `${version} (drop (memory.grow (i32.const 1)))`));
    expect(run.ask('lookup', run.knownLoc('nothing'), null).opErrno).toBe(ENOENT);
  });

  it('gets names that are not UTF-8 as their bytes', async () => {
    const run = await start(change('"nothing\\00"', '"\\ff\\fething\\00"'));
    expect(run.ask('lookup', run.knownLoc('\udcff\udcfething'), null).opErrno).toBe(ENOENT);
    run.ask('lookup', run.knownLoc('ÿþthing'), null);
    expect(run.leaf.requests.length).toBe(1);
    run.leaf.requests.pop()!.answer(-1, ENOENT, null, null, null, null);
    run.expectSettled();
  });
});
