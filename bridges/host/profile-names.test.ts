import { describe, expect, it } from 'vitest';
import { frameAround } from '../machine/node/realm.ts';
import { nameSection } from './profile-names.ts';

const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => object;
    Instance: new (
      module: object,
      imports: object,
    ) => { exports: Record<string, (n: number) => number> };
  };
};

const text = (word: string): number[] => [word.length, ...Buffer.from(word)];
const section = (id: number, ...content: number[]): number[] => [id, content.length, ...content];

/**
 * Imports a memory, a table, a global and a function; the second function calls that one, and the
 * third, which is exported under a long name and under a short one, calls the second.
 */
const MODULE = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, 1, 0x60, 1, 0x7f, 1, 0x7f),
  ...section(
    2,
    4,
    ...[...text('e'), ...text('memory'), 2, 1, 1, 2],
    ...[...text('e'), ...text('table'), 1, 0x70, 0, 1],
    ...[...text('e'), ...text('global'), 3, 0x7f, 0],
    ...[...text('e'), ...text('out'), 0, 0],
  ),
  ...section(3, 2, 0, 0),
  ...section(7, 2, ...text('call_out'), 0, 2, ...text('c'), 0, 2),
  ...section(10, 2, ...[6, 0, 0x20, 0, 0x10, 0, 0x0b], ...[6, 0, 0x20, 0, 0x10, 1, 0x0b]),
]);

/** The stack from inside of the module, line by line. */
function stackIn(bytes: Uint8Array): string[] {
  const { Memory, Table, Global } = wasm as unknown as Record<
    string,
    new (
      about: object,
      value?: number,
    ) => object
  >;
  let stack = '';
  const out = (n: number): number => {
    stack = new Error().stack!;
    return n;
  };
  const e = {
    memory: new Memory!({ initial: 1, maximum: 2 }),
    table: new Table!({ initial: 1, element: 'anyfunc' }),
    global: new Global!({ value: 'i32' }, 0),
    out,
  };
  expect(new wasm.Instance(new wasm.Module(bytes), { e }).exports.call_out!(42)).toBe(42);
  return stack.split('\n').slice(2, 4);
}

describe('the names of frames', () => {
  it("are in a module's section: those of exports, and numbers with the module's name", () => {
    expect(stackIn(MODULE).join()).not.toMatch(/call_out|Tiny/);
    const named = Buffer.concat([MODULE, nameSection(MODULE, 'Tiny')]);
    const [inner, outer] = stackIn(named);
    expect(inner).toMatch(/at Tiny\.Tiny\[1\] \(wasm:\/\/wasm\/Tiny-/);
    expect(outer).toMatch(/at Tiny\.call_out \(wasm:\/\/wasm\/Tiny-/);
  });

  it.each(['lookup', '__proto__', 'größe', '<lambda>', 'a"b\n\ud800'])(
    'are on the stack with file and line: %j',
    (func) => {
      let seen: NodeJS.CallSite[] = [];
      const look = (a: number, b: number, c: number): number => {
        const { prepareStackTrace } = Error;
        Error.prepareStackTrace = (_, sites) => sites;
        seen = new Error().stack as unknown as NodeJS.CallSite[];
        Error.prepareStackTrace = prepareStackTrace;
        return a + b + c;
      };
      const framed = frameAround(look, { file: '/volume/m.py', line: 17, func });
      expect(framed(1, 2, 3)).toBe(6);
      expect(seen[1]!.getFileName()).toBe('/volume/m.py');
      expect(seen[1]!.getLineNumber()).toBe(17);
      expect(seen[1]!.getFunctionName()).toBe(func);
    },
  );
});
