/** Fuzz tests of the readers of module files: any bytes end soon, with a result or the reader's own error. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InitError } from '../../runtime/core/errors.ts';
import { translate } from '../../test/support/wasm-text.ts';
import { MalformedModuleError, readModule } from '../host/wasm-binary.ts';
import { keepExports } from '../host/wasm-edits.ts';
import { wasm } from '../host/web-assembly.ts';
import { readSection } from './custom-section.ts';
import { readLineTable } from './debug-lines.ts';
import { checkModule } from './module-check.ts';
import { readSourceMap } from './source-map.ts';

const page = readFileSync(new URL('../../docs/wasm-abi.md', import.meta.url), 'utf8');
const whole = translate(/```wat\n([\s\S]*?)```/.exec(page)![1]!);
const utf8 = new TextEncoder();

/** A change of bytes: some are replaced, cut out or inserted at a place. */
const change = fc.record({
  at: fc.nat(),
  remove: fc.oneof(fc.constant(0), fc.nat(8)),
  insert: fc.uint8Array({ maxLength: 8 }),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Bytes with some changes, most of which are of one byte. */
const mutate = (bytes: Uint8Array, changes: readonly Change[]): Uint8Array =>
  changes.reduce((before, { at, remove, insert }) => {
    const start = at % (before.length + 1);
    const removed = Math.max(remove, insert.length > 4 ? 0 : insert.length);
    return Buffer.concat([before.subarray(0, start), insert, before.subarray(start + removed)]);
  }, bytes);

const mutations = (bytes: Uint8Array) =>
  fc.array(change, { minLength: 1, maxLength: 6 }).map((changes) => mutate(bytes, changes));

/** Numbers that readers may take for counts, lengths or offsets. */
const edge = fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x0f, 0x40);
const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.array(edge, { maxLength: 60 }));
const RUNS = { numRuns: 1500 };

/** Runs a reader; only errors of these types may come, and its time and memory have a bound. */
function expectEnd(read: () => unknown, ...errors: readonly (new (text: string) => Error)[]): void {
  const { heapUsed } = process.memoryUsage();
  try {
    read();
  } catch (error) {
    if (!errors.some((type) => error instanceof type)) throw error;
    expect((error as Error).message).not.toBe('');
  }
  expect(process.memoryUsage().heapUsed - heapUsed).toBeLessThan(256 * 2 ** 20);
}

describe('the reader of modules', () => {
  it('ends with a result or MalformedModuleError for any bytes after the head', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expectEnd(
          () => readModule(Uint8Array.from([...whole.subarray(0, 8), ...bytes])),
          MalformedModuleError,
        );
      }),
      RUNS,
    );
  });

  it('ends with a result or MalformedModuleError for a changed module', () => {
    fc.assert(
      fc.property(mutations(whole), (bytes) =>
        expectEnd(() => readModule(bytes), MalformedModuleError),
      ),
      RUNS,
    );
  });

  it('and the check of it end with a module that V8 accepts or refuses, or InitError', () => {
    fc.assert(
      fc.property(mutations(whole), (bytes) => {
        expectEnd(() => {
          const checked = checkModule('m.wasm', bytes, 64 * 2 ** 20);
          try {
            new wasm.Module(checked.bytes);
          } catch (error) {
            expect((error as Error).name).toBe('CompileError');
          }
          // Some 10 bytes for each function, and those that are added.
          expect(checked.bytes.length).toBeLessThan(1000 + 4 * bytes.length);
        }, InitError);
      }),
      RUNS,
    );
  });
});

describe('the reader of the section glossa', () => {
  const text = JSON.stringify({
    interface: 1,
    needs: ['path', 'observes'],
    fops: { lookup: { fop: true, cbk: true }, stat: {} },
    hooks: ['fini', 'notify'],
    options: [{ key: 'size', type: 'int', default: '5', min: 1, max: 9, description: 'A size.' }],
  });

  it('reads a whole one', () => {
    expect(readSection('m.wasm', utf8.encode(text))).toMatchObject({ hooks: ['fini', 'notify'] });
  });

  it('ends with a description or an error with the path for any changed text', () => {
    fc.assert(
      fc.property(mutations(utf8.encode(text)), (bytes) => {
        try {
          readSection('m.wasm', bytes);
        } catch (error) {
          expect((error as Error).name).toMatch(/^(InitError|GraphError)$/);
          expect((error as Error).message).toContain('m.wasm');
        }
      }),
      RUNS,
    );
  });

  it('ends with a description or an error with the path for any JSON', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const section = fc.record(
      {
        interface: fc.constant(1),
        needs: fc.oneof(value, fc.constant(['path'])),
        fops: fc.oneof(value, fc.dictionary(fc.constantFrom('lookup', '__proto__', 'x'), value)),
        hooks: fc.oneof(value, fc.constant([])),
        options: fc.oneof(
          value,
          fc.array(
            fc.record(
              {
                key: fc.oneof(fc.string(), value),
                type: value,
                default: value,
                min: value,
                max: value,
                values: value,
              },
              { requiredKeys: ['key'] },
            ),
            { maxLength: 3 },
          ),
        ),
      },
      { requiredKeys: ['interface'] },
    );
    fc.assert(
      fc.property(section, (object) => {
        try {
          readSection('m.wasm', utf8.encode(JSON.stringify(object)));
        } catch (error) {
          expect((error as Error).name).toMatch(/^(InitError|GraphError)$/);
          expect((error as Error).message).toContain('m.wasm');
        }
      }),
      RUNS,
    );
  });
});

describe('the reader of line tables', () => {
  const text = (value: string): number[] => [...utf8.encode(value), 0];
  const int = (value: number, bytes: number): number[] =>
    Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) & 255);
  const lengths = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
  const program = [0, 5, 2, ...int(16, 4), 3, 11, 1, 2, 4, 1, 0x4b, 2, 8, 0, 1, 1];
  /** A unit of version 4 with one file and a row at each of 16, 20 and more. */
  function makeUnit(): Uint8Array {
    const rest = [1, 1, 1, 0xfb, 14, 13, ...lengths, 0, ...text('m.c'), 0, 0, 0, 0];
    const body = [...int(4, 2), ...int(rest.length, 4), ...rest, ...program];
    return Uint8Array.from([...int(body.length, 4), ...body]);
  }
  /** A unit of version 5, whose files are in another section. */
  function makeUnit5(): Uint8Array {
    const rest = [
      1,
      1,
      1,
      0xfb,
      14,
      13,
      ...lengths,
      1,
      1,
      0x1f,
      1,
      ...int(0, 4),
      2,
      1,
      0x1f,
      2,
      0x0b,
    ];
    rest.push(2, ...int(2, 4), 0, ...int(2, 4), 0);
    const body = [...int(5, 2), 4, 0, ...int(rest.length, 4), ...rest, ...program];
    return Uint8Array.from([...int(body.length, 4), ...body]);
  }
  const lineTexts = Uint8Array.from([...text('/'), ...text('m5.c')]);
  const none = new Uint8Array();

  it.each([
    [4, makeUnit(), 'm.c'],
    [5, makeUnit5(), 'm5.c'],
  ] as const)('reads a table of DWARF %i', (_, line, file) => {
    const find = readLineTable({ line, lineTexts, texts: none });
    expect([find(15), find(16), find(20)?.file]).toEqual([undefined, { file, line: 12 }, file]);
  });

  it('ends with a result or MalformedModuleError for changed tables, at any address', () => {
    const tables = fc.oneof(
      mutations(makeUnit()),
      mutations(makeUnit5()),
      anyBytes.map((b) => Uint8Array.from(b)),
    );
    fc.assert(
      fc.property(tables, fc.uint8Array({ maxLength: 20 }), fc.nat(100), (line, texts, address) => {
        expectEnd(() => {
          const find = readLineTable({ line, lineTexts: texts, texts });
          for (const at of [address, 0, 2 ** 32, Number.NaN, -1]) find(at);
        }, MalformedModuleError);
      }),
      RUNS,
    );
  });

  it('stops at a million rows, and at tables that claim more', () => {
    const line = Uint8Array.from({ length: 4_000_000 }, (_, i) => (i < 60 ? makeUnit()[i]! : 0x20));
    new DataView(line.buffer).setUint32(0, line.length - 4, true);
    expectEnd(() => readLineTable({ line, lineTexts: none, texts: none }), MalformedModuleError);
  });
});

describe('the reader of source maps', () => {
  const map = JSON.stringify({
    version: 3,
    sources: ['a.ts', 'b.ts'],
    mappings: 'gBAEA,gBCEA,4BACA',
  });

  it('reads a whole one', () => {
    const find = readSourceMap(map);
    expect([find(3), find(16)]).toEqual([undefined, { file: 'a.ts', line: 3 }]);
  });

  it('ends with a result or MalformedModuleError for changed maps, at any offset', () => {
    const json = fc.record({
      sources: fc.jsonValue(),
      mappings: fc.oneof(fc.string(), fc.jsonValue()),
    });
    const texts = fc.oneof(
      mutations(utf8.encode(map)).map((bytes) => new TextDecoder().decode(bytes)),
      json.map((value) => JSON.stringify(value)),
      fc.json(),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, fc.integer(), (text, offset) => {
        expectEnd(() => {
          const find = readSourceMap(text);
          for (const at of [offset, 0, Number.NaN, 2 ** 53]) find(at);
        }, MalformedModuleError);
      }),
      RUNS,
    );
  });
});

describe('keepExports', () => {
  const listExports = (bytes: Uint8Array): string[] => [...readModule(bytes).exports.keys()];
  const names = listExports(whole);

  it('leaves the exports that are kept, and a module as long as before that compiles', () => {
    fc.assert(
      fc.property(fc.subarray(names), (kept) => {
        const bytes = whole.slice();
        keepExports(bytes, (name) => kept.includes(name));
        // With fewer bytes than a custom section takes, all exports stay.
        const missing = names.filter((name) => !kept.includes(name));
        const room = missing.reduce((sum, name) => sum + name.length, 0);
        if (room > 8) expect(listExports(bytes)).toEqual(kept);
        else expect([kept, names]).toContainEqual(listExports(bytes));
        expect(bytes).toHaveLength(whole.length);
        expect(() => new wasm.Module(bytes)).not.toThrow();
      }),
    );
  });

  it('ends with a result or MalformedModuleError for any bytes', () => {
    fc.assert(
      fc.property(mutations(whole), fc.subarray(names), (bytes, kept) => {
        const before = bytes.length;
        expectEnd(() => keepExports(bytes, (name) => kept.includes(name)), MalformedModuleError);
        expect(bytes).toHaveLength(before);
      }),
      RUNS,
    );
  });
});
