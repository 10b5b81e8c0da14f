/** Tests at which waits BusyPoll polls. */
import { expect, test } from 'vitest';
import { BusyPoll } from './busy-poll.ts';

/** Returns at how many of `waits` waits the server polls, each time with this outcome. */
function countPolls(busy: BusyPoll, waits: number, outcome: 'noteHit' | 'noteMiss'): number {
  let count = 0;
  for (let i = 0; i < waits; i++) {
    if (!busy.shouldPoll()) continue;
    count += 1;
    busy[outcome]();
  }
  return count;
}

test('a server with a busy-poll limit of 0 never polls', () => {
  expect(countPolls(new BusyPoll(0), 100, 'noteHit')).toBe(0);
});

test('a server polls again after a poll that found a request', () => {
  expect(countPolls(new BusyPoll(50), 1000, 'noteHit')).toBe(1000);
});

test('a server polls in one of 1024 waits after many polls that found nothing', () => {
  const busy = new BusyPoll(50);
  expect(countPolls(busy, 4096, 'noteMiss')).toBeLessThan(16);
  expect(countPolls(busy, 102_400, 'noteMiss')).toBe(100);
});

test('a server polls in every wait again after one poll that found a request', () => {
  const busy = new BusyPoll(50);
  countPolls(busy, 5000, 'noteMiss');
  while (!busy.shouldPoll());
  busy.noteHit();
  expect(countPolls(busy, 10, 'noteHit')).toBe(10);
});
