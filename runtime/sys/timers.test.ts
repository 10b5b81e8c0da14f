/** Order and number of exact timers, which do not depend on the machine's load. */
import { expect, test } from 'vitest';
import { setExactTimer } from './timers.ts';

/** Resolves to the milliseconds until a timer calls. */
const ringing = (ms: number): Promise<number> => {
  const begin = performance.now();
  return new Promise((resolve) => setExactTimer(ms, () => resolve(performance.now() - begin)));
};

test('a timer with a fraction of a millisecond is never early', async () => {
  for (const ms of [0, 0.05, 0.3, 1.7]) expect(await ringing(ms)).toBeGreaterThanOrEqual(ms);
});

test('timers fire in the order of their times, in any order of setting', async () => {
  const rung: { ms: number; earliest: number; latest: number }[] = [];
  const set = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const before = performance.now();
      setExactTimer(ms, () => {
        rung.push(timer);
        resolve();
      });
      // The machine may pause this process at any point.
      const timer = { ms, earliest: before + ms, latest: performance.now() + ms };
    });
  const times = [3, 0.2, 1.1, 0.4, 2, 0.2];
  await Promise.all(times.map(set));
  expect(rung.map(({ ms }) => ms).sort()).toEqual(times.sort());
  const wrong = rung.filter((timer, at) =>
    rung.slice(at + 1).some((later) => timer.earliest > later.latest),
  );
  expect(wrong).toEqual([]);
});

test('a cancelled timer does not fire, even if an earlier timer cancels it', async () => {
  const rung: string[] = [];
  setExactTimer(0.1, () => rung.push('never'))!();
  let cancel = (): void => {};
  setExactTimer(0.2, () => cancel());
  cancel = setExactTimer(0.3, () => rung.push('never'))!;
  await ringing(1);
  expect(rung).toEqual([]);
});

test('a timer can set another one', async () => {
  const second = new Promise<string>((resolve) => {
    setExactTimer(0.1, () => void setExactTimer(0.1, () => resolve('rung')));
  });
  expect(await second).toBe('rung');
});
