/** Order and number, which do not depend on how busy the machine is. */
import { expect, test } from 'vitest';
import { exactly } from './timers.ts';

/** Resolves when the timer rings, with the milliseconds until then. */
const ringing = (ms: number): Promise<number> => {
  const begin = performance.now();
  return new Promise((resolve) => exactly(ms, () => resolve(performance.now() - begin)));
};

test('never rings too early, and by fractions of a millisecond', async () => {
  for (const ms of [0, 0.05, 0.3, 1.7]) expect(await ringing(ms)).toBeGreaterThanOrEqual(ms);
});

test('rings in the order of the times, whatever the order in which they were set', async () => {
  const rung: { ms: number; earliest: number; latest: number }[] = [];
  const set = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const before = performance.now();
      exactly(ms, () => {
        rung.push(timer);
        resolve();
      });
      // The machine may have done something else for a while between two timers, or in the midst of one.
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

test('may be called off, also by one that rings before', async () => {
  const rung: string[] = [];
  exactly(0.1, () => rung.push('never'))!();
  let cancel = (): void => {};
  exactly(0.2, () => cancel());
  cancel = exactly(0.3, () => rung.push('never'))!;
  await ringing(1);
  expect(rung).toEqual([]);
});

test('one that rings may set another', async () => {
  const second = new Promise<string>((resolve) => {
    exactly(0.1, () => void exactly(0.1, () => resolve('rung')));
  });
  expect(await second).toBe('rung');
});
