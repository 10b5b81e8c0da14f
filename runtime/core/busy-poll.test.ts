/** Busy polling: the moments at which it tries. */
import { expect, test } from 'vitest';
import { BusyPoll } from './busy-poll.ts';

/** Asks `waits` times, with the same outcome each time it tries; how often it tried. */
function tries(busy: BusyPoll, waits: number, outcome: 'hit' | 'miss'): number {
  let count = 0;
  for (let i = 0; i < waits; i++) {
    if (!busy.due()) continue;
    count += 1;
    busy[outcome]();
  }
  return count;
}

test('a limit of 0 never tries', () => {
  expect(tries(new BusyPoll(0), 100, 'hit')).toBe(0);
});

test('as long as it hits, it tries at every wait', () => {
  expect(tries(new BusyPoll(50), 1000, 'hit')).toBe(1000);
});

test('where it always misses, it tries once in 1024 waits', () => {
  const busy = new BusyPoll(50);
  expect(tries(busy, 4096, 'miss')).toBeLessThan(16);
  expect(tries(busy, 102_400, 'miss')).toBe(100);
});

test('one hit brings it back', () => {
  const busy = new BusyPoll(50);
  tries(busy, 5000, 'miss');
  while (!busy.due());
  busy.hit();
  expect(tries(busy, 10, 'hit')).toBe(10);
});
