/** The rehearsal of a server's volumes, by a clock of the test's own. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Graph } from '../runtime/core/graph.ts';
import { startRehearsal } from './rehearsal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Starts a rehearsal of volumes that return these numbers of `true`s. */
function rig(...usefulSteps: number[]) {
  const calls = usefulSteps.map(() => 0);
  const xlators = usefulSteps.map((count, at) => ({
    translator: { rehearse: () => ++calls[at]! < count },
  }));
  const state = { requests: 7 };
  const unrelated = { translator: {} };
  const graph = { xlators: [unrelated, ...xlators] } as unknown as Graph;
  const end = startRehearsal(graph, () => state.requests);
  return { calls, state, end };
}

/** Milliseconds after which each rehearsal has ended. */
const LONG_MS = 10_000;

test('a rehearsal does nothing before the server has returned to its event loop', () => {
  const { calls } = rig(3);
  expect(calls).toEqual([0]);
  expect(vi.getTimerCount()).toBe(1);
});

test('a volume is rehearsed until it returns false, others go on', () => {
  const { calls } = rig(3, 5);
  vi.advanceTimersByTime(LONG_MS);
  expect(calls).toEqual([3, 5]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a volume that never returns false is rehearsed a limited number of times', () => {
  const { calls } = rig(Infinity);
  vi.advanceTimersByTime(LONG_MS);
  const [count] = calls;
  expect(count).toBeGreaterThan(10);
  vi.advanceTimersByTime(LONG_MS);
  expect(calls).toEqual([count]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a rehearsal waits while clients send requests, and goes on afterwards', () => {
  const { calls, state } = rig(Infinity);
  for (let i = 0; i < 50; i++) {
    state.requests += 1;
    vi.advanceTimersByTime(2);
  }
  expect(calls).toEqual([0]);
  vi.advanceTimersByTime(20);
  expect(calls[0]).toBeGreaterThan(0);
});

test('a rehearsal ends after enough requests of clients', () => {
  const { calls, state } = rig(Infinity);
  state.requests += 10_000;
  vi.advanceTimersByTime(LONG_MS);
  expect(calls).toEqual([0]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a rehearsal that the server ends calls no volume any more', () => {
  const { calls, end } = rig(Infinity);
  end();
  vi.advanceTimersByTime(LONG_MS);
  expect(calls).toEqual([0]);
});

test('a graph without volumes to rehearse sets no timer', () => {
  rig();
  expect(vi.getTimerCount()).toBe(0);
});
