import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Dict, type DictValue } from './dict.ts';
import { ROOT_GFID } from './gfid.ts';
import { Iatt } from './iatt.ts';

describe('a value of a dict', () => {
  test('has its given type, or one inferred from the value', () => {
    const bytes = Uint8Array.of(1, 2);
    const iatt = new Iatt();
    const dict = Dict.of({ int: -3, double: 0.5, text: 'x', bytes, iatt })
      .set('count', 7, 'uint')
      .set('times', bytes, 'mdata')
      .setGfid('gfid', ROOT_GFID);
    const seen: unknown[] = [];
    dict.forEach((key, value, type) => void seen.push([key, value, type]));
    expect(seen).toEqual([
      ['int', -3, 'int'],
      ['double', 0.5, 'double'],
      ['text', 'x', 'str'],
      ['bytes', bytes, 'bin'],
      ['iatt', iatt, 'iatt'],
      ['count', 7, 'uint'],
      ['times', bytes, 'mdata'],
      ['gfid', ROOT_GFID, 'gfuuid'],
    ]);
    expect(dict.type('gfid')).toBe('gfuuid');
    expect(dict.type('none')).toBe(undefined);
  });

  test('is stored without a copy', () => {
    const bytes = Uint8Array.of(1);
    expect(new Dict().set('a', bytes).bytes('a')).toBe(bytes);
  });

  test('set again replaces value and type, and keeps its position', () => {
    const dict = Dict.of({ a: 1, b: 2 }).set('a', 'text');
    expect([...dict.keys()]).toEqual(['a', 'b']);
    expect([dict.get('a'), dict.type('a'), dict.size]).toEqual(['text', 'str', 2]);
  });
});

describe('a typed getter', () => {
  test('number() converts numeric text, and returns undefined for other values', () => {
    const texts = { a: '12', b: ' -1.5 ', c: '0x10', d: '', e: ' ', f: '12a', g: 'Infinity' };
    const dict = Dict.of({ ...texts, n: 3, bytes: Uint8Array.of(49) });
    const numbers = [...dict.keys()].map((key) => dict.number(key));
    expect(numbers).toEqual([12, -1.5, 16, ...Array(4).fill(undefined), 3, undefined]);
    expect(dict.number('none')).toBe(undefined);
  });

  test('string() and bytes() return undefined for values of other types', () => {
    const bytes = Uint8Array.of(1);
    const dict = Dict.of({ text: 'x', bytes, n: 1 });
    expect([dict.string('text'), dict.string('bytes'), dict.string('n')]).toEqual([
      'x',
      undefined,
      undefined,
    ]);
    expect([dict.bytes('bytes'), dict.bytes('text'), dict.bytes('none')]).toEqual([
      bytes,
      undefined,
      undefined,
    ]);
  });
});

test('changes of a copy leave the original dict unchanged', () => {
  const dict = Dict.of({ a: 1 }).set('u', 2, 'uint');
  const copy = dict.copy().set('b', 3);
  copy.delete('a');
  expect([...dict.keys()]).toEqual(['a', 'u']);
  expect([...copy.keys()]).toEqual(['u', 'b']);
  expect(copy.type('u')).toBe('uint');
});

test('a dict accepts any key, also __proto__ and constructor', () => {
  const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'size', ''), fc.string());
  const action = fc.record({ key, value: fc.option(fc.integer(), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(action), (actions) => {
      const dict = new Dict();
      const model = new Map<string, DictValue>();
      for (const { key, value } of actions) {
        if (value === undefined) expect(dict.delete(key)).toBe(model.delete(key));
        else {
          dict.set(key, value);
          model.set(key, value);
        }
      }
      expect([...dict.keys()]).toEqual([...model.keys()]);
      for (const { key } of actions) {
        expect(dict.has(key)).toBe(model.has(key));
        expect(dict.get(key)).toBe(model.get(key));
      }
      expect(dict.size).toBe(model.size);
    }),
  );
});

test('a dict behaves as a Map, with few pairs and with many', () => {
  const key = fc.nat(40).map((n) => `key-${n}`);
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(fc.constant('set' as const), key, fc.nat()) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('delete' as const), key, fc.nat()) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const [dict, model] = [new Dict(), new Map<string, number>()];
      for (const [what, name, value] of steps) {
        if (what === 'set') {
          dict.set(name, value);
          model.set(name, value);
        } else expect(dict.delete(name)).toBe(model.delete(name));
        expect([dict.size, dict.has(name), dict.get(name)]).toEqual([
          model.size,
          model.has(name),
          model.get(name),
        ]);
      }
      const pairs: unknown[] = [];
      dict.copy().forEach((name, value) => void pairs.push([name, value]));
      expect(pairs).toEqual([...model]);
      expect([...dict.keys()]).toEqual([...model.keys()]);
      // A visitor may delete the visited pair.
      dict.forEach((name) => void dict.delete(name));
      expect(dict.size).toBe(0);
    }),
  );
});
