/** The waits at which BusyPoll polls. */
import { expect, test } from 'vitest';
import { BusyPoll } from './busy-poll.ts';

/** Returns the number of tries in so many waits, each with this outcome. */
function tries(busy: BusyPoll, waits: number, outcome: 'hit' | 'miss'): number {
  let count = 0;
  for (let i = 0; i < waits; i++) {
    if (!busy.due()) continue;
    count += 1;
    busy[outcome]();
  }
  return count;
}

test('with a limit of 0 no wait polls', () => {
  expect(tries(new BusyPoll(0), 100, 'hit')).toBe(0);
});

test('after a hit, the next wait polls', () => {
  expect(tries(new BusyPoll(50), 1000, 'hit')).toBe(1000);
});

test('after many misses, one in 1024 waits polls', () => {
  const busy = new BusyPoll(50);
  expect(tries(busy, 4096, 'miss')).toBeLessThan(16);
  expect(tries(busy, 102_400, 'miss')).toBe(100);
});

test('after many misses, one hit makes every wait poll again', () => {
  const busy = new BusyPoll(50);
  tries(busy, 5000, 'miss');
  while (!busy.due());
  busy.hit();
  expect(tries(busy, 10, 'hit')).toBe(10);
});
