import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NodeContext } from './node-context.ts';

const sink = { write() {}, now: () => 0 };
const context = new NodeContext({ sink, baseDir: '/srv', wake() {} });

describe('NodeContext.random', () => {
  it.each([1, 16, 4095, 4096, 4097, 10_000])('fills all of %i bytes', (length) => {
    // By chance a byte stays 0 once in 256 times, in all of these rounds never.
    const seen = new Uint8Array(length);
    for (let round = 0; round < 20; round++) {
      const out = new Uint8Array(length);
      context.random(out);
      for (let i = 0; i < length; i++) seen[i]! |= out[i]!;
    }
    expect(seen.every((byte) => byte !== 0)).toBe(true);
  });

  it('returns different bytes at each call', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 2000; i++) {
      const out = new Uint8Array(16);
      context.random(out);
      seen.add(out.toString());
    }
    expect(seen.size).toBe(2000);
  });
});

describe('NodeContext.after', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('calls its function once, after the given time', () => {
    const rings = vi.fn();
    context.after(10, rings);
    vi.advanceTimersByTime(9);
    expect(rings).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(rings).toHaveBeenCalledTimes(1);
  });

  it('calls nothing once it is cancelled', () => {
    const rings = vi.fn();
    context.after(10, rings)();
    vi.advanceTimersByTime(100);
    expect(rings).not.toHaveBeenCalled();
  });

  it('fires on time beyond the longest timer of Node (24.8 days), and can be cancelled', () => {
    const rings = vi.fn();
    const days60 = 60 * 86_400_000;
    context.after(days60, rings);
    const cancelled = vi.fn();
    const cancel = context.after(days60, cancelled);
    vi.advanceTimersByTime(days60 - 1);
    expect(rings).not.toHaveBeenCalled();
    cancel();
    vi.advanceTimersByTime(1);
    expect(rings).toHaveBeenCalledTimes(1);
    expect(cancelled).not.toHaveBeenCalled();
  });
});

describe('NodeContext.now', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('does not jump when the time of day is set', () => {
    const from = context.now();
    vi.advanceTimersByTime(1500);
    expect(context.now() - from).toBe(1500);
    vi.setSystemTime(new Date('2001-01-01T00:00:00Z'));
    expect(context.now() - from).toBe(1500);
    vi.advanceTimersByTime(500);
    expect(context.now() - from).toBe(2000);
  });
});
