import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOMException, structuredClone } from './clone.ts';

const bytes = fc.uint8Array({ maxLength: 16 });
const leaf = fc.oneof(
  ...[fc.anything({ maxDepth: 0 }), fc.bigInt(), fc.date(), bytes, fc.float32Array()],
  bytes.map((array) => array.slice().buffer),
  bytes.map((array) => new DataView(array.slice().buffer, Math.min(1, array.length))),
  fc.constantFrom(/a+/giu, new Number(3), new String('s'), new Boolean(false), Object(7n)),
  fc.string().map((text) => new RangeError(text)),
);
const { tree: values } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('tree'), { maxKeys: 4 }),
    fc.array(fc.tuple(tie('tree'), tie('tree')), { maxLength: 3 }).map((list) => new Map(list)),
    fc.array(tie('tree'), { maxLength: 3 }).map((list) => new Set(list)),
  ),
}));

it('structuredClone copies arbitrary values as Node does', () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(structuredClone(value)).toEqual(globalThis.structuredClone(value));
    }),
  );
});

describe('structuredClone', () => {
  it('keeps circular and shared references', () => {
    const shared = { n: 1 };
    const value: Record<string, unknown> = { one: shared, two: shared, map: new Map() };
    value.self = value;
    (value.map as Map<unknown, unknown>).set(value, new Set([value]));
    const copy = structuredClone(value) as typeof value;
    expect(copy.self).toBe(copy);
    expect(copy.one).toBe(copy.two);
    expect(copy.one).not.toBe(shared);
    const [[key, set]] = [...(copy.map as Map<unknown, Set<unknown>>)] as [[unknown, Set<unknown>]];
    expect([key === copy, set.has(copy)]).toEqual([true, true]);
  });

  it('copies a buffer once for all views of it', () => {
    const buffer = new ArrayBuffer(8);
    const views = { bytes: new Uint8Array(buffer, 2, 4), words: new Uint16Array(buffer), buffer };
    const copy = structuredClone(views) as typeof views;
    expect(copy.bytes.buffer).toBe(copy.buffer);
    expect(copy.words.buffer).toBe(copy.buffer);
    expect(copy.buffer).not.toBe(buffer);
    expect([copy.bytes.byteOffset, copy.bytes.length]).toEqual([2, 4]);
  });

  it('copies an array with holes and named properties', () => {
    const value = Object.assign(new Array(3).fill(1, 2), { name: 'x' });
    const copy = structuredClone(value) as typeof value;
    expect([copy.length, 0 in copy, copy.name]).toEqual([3, false, 'x']);
  });

  it("copies an error's kind, message, stack and cause", () => {
    class OwnError extends TypeError {}
    const error = new OwnError('text', { cause: { n: 1 } });
    const copy = structuredClone(error) as Error;
    expect(Object.getPrototypeOf(copy)).toBe(TypeError.prototype);
    expect([copy.message, copy.stack, copy.cause]).toEqual(['text', error.stack, { n: 1 }]);
  });

  it('copies a class instance to a plain object', () => {
    class OwnClass {
      n = 1;
    }
    expect(Object.getPrototypeOf(structuredClone(new OwnClass()))).toBe(Object.prototype);
  });

  it('copies an own property __proto__ as a plain property', () => {
    const copy = structuredClone(JSON.parse('{ "__proto__": { "n": 1 } }')) as object;
    expect([Object.keys(copy), Object.getPrototypeOf(copy)]).toEqual([
      ['__proto__'],
      Object.prototype,
    ]);
  });

  it.each<[string, unknown]>([
    ['a function', () => {}],
    ['a symbol', Symbol('s')],
    ['a function inside of a Map', new Map([[1, { f() {} }]])],
    ['a promise', Promise.resolve()],
    ['a WeakMap', new WeakMap()],
    ['a Proxy', new Proxy({ n: 1 }, {})],
    ['a Proxy inside of an array', [new Proxy([], {})]],
  ])('throws DataCloneError for %s', (_, value) => {
    expect(() => structuredClone(value)).toThrow(DOMException);
    expect(() => structuredClone(value)).toThrow(
      expect.objectContaining({ name: 'DataCloneError', code: 25 }),
    );
  });
});
