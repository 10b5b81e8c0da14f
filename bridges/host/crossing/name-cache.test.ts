import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NameCache } from './name-cache.ts';

/** Sequences of calls, each with names drawn from a small set. */
const calls = fc.record({
  most: fc.integer({ min: 1, max: 50 }),
  brought: fc.array(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 40 })),
});

test('a cached name is made once and released once', () => {
  fc.assert(
    fc.property(calls, ({ most, brought }) => {
      const alive = new Map<string, object>();
      const names = new NameCache<{ name: string }>(most, (made) => {
        expect(alive.get(made.name)).toBe(made);
        alive.delete(made.name);
      });
      for (const call of brought) {
        names.trim();
        for (const name of call.map(String)) {
          expect(names.get(name)).toBe(alive.get(name));
          if (alive.has(name)) continue;
          const made = { name };
          alive.set(name, made);
          names.add(name, made);
        }
      }
    }),
  );
});

test('a name cache evicts its oldest names, fewer than 20 per call', () => {
  const gone: number[] = [];
  const names = new NameCache<number>(1000, (made) => void gone.push(made));
  let most = 0;
  for (let i = 0; i < 100_000; i++) {
    const before = gone.length;
    names.trim();
    most = Math.max(most, gone.length - before);
    names.add(`${i}`, i);
  }
  expect(most).toBeLessThan(20);
  expect(gone).toEqual(gone.map((_, i) => i));
  expect(gone.length).toBeGreaterThan(98_000);
});

test.each([1, 8, 9, 100])(
  'with %i new names per call, a name cache stays near its limit',
  (each) => {
    let kept = 0;
    const names = new NameCache<number>(1000, () => void kept--);
    for (let i = 0; i < 2000; i++) {
      names.trim();
      for (let k = 0; k < each; k++, kept++) names.add(`${i} ${k}`, i);
    }
    expect(kept).toBeLessThan(1000 + 3 * each);
  },
);
