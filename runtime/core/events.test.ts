import { expect, test } from 'vitest';
import { type EventName, events } from './events.ts';

test("events have GlusterFS's numbers: 1 to 25 without 8, each once", () => {
  const numbers = Object.values(events).map(({ number }) => number);
  const expected = Array.from({ length: 25 }, (_, i) => i + 1).filter((n) => n !== 8);
  expect(numbers).toEqual(expected);
  expect(events.CHILD_UP.number).toBe(5);
  expect(events.PARENT_DOWN.number).toBe(17);
  expect(events.SIGHUP.number).toBe(25);
});

test('only PARENT_UP, PARENT_DOWN, CLEANUP and SIGHUP go down', () => {
  const down = (Object.keys(events) as EventName[]).filter((e) => events[e].direction === 'down');
  expect(down.sort()).toEqual(['CLEANUP', 'PARENT_DOWN', 'PARENT_UP', 'SIGHUP']);
});
