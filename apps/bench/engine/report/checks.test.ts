import { describe, expect, it } from 'vitest';
import { simulatedRun } from '../../../../test/support/simulated-run.ts';
import type { Micro } from '../schema.ts';
import { checks } from './checks.ts';

const run = simulatedRun();

const micro = (
  parts: readonly string[],
  nanoseconds: number,
  stack: string | null = null,
): Micro => ({
  what: 'it',
  parts,
  stack,
  nanoseconds,
});

const check = (...all: Micro[]): string => checks({ ...run, micro: all }).join('\n');

describe('a breakdown beside micro-benchmarks', () => {
  // The samples have 400 ns for decoding, 300 for the graph, 900 for the reply; 6 µs are the kernel's.
  const served = ['decode', 'graph', 'reply'];

  it('agrees within a factor of two', () => {
    for (const nanoseconds of [801, 1600, 3199]) {
      const text = check(micro(served, nanoseconds));
      expect(text).toContain('The samples have 1.60 µs for decode, graph, reply in miss');
      expect(text).toContain('agree within a factor of two');
    }
  });

  it('says when it does not', () => {
    expect(check(micro(served, 500))).toContain('3.20 times as much');
    expect(check(micro(served, 3300))).toContain('less than half');
  });

  it("has more for the kernel than the server's system calls, or is wrong", () => {
    expect(check(micro(['kernel and FUSE'], 700))).toContain('the rest of that is FUSE');
    expect(check(micro(['kernel and FUSE'], 6001))).toContain('count too much for the server');
  });

  it('is compared by the stack that a micro-benchmark is about', () => {
    // Of Python 2 µs, of JavaScript 3.3, of TypeScript 0.6.
    expect(check(micro(['crossing', 'script'], 1500, 'python'))).toContain(
      'The samples of python have 2.00 µs',
    );
    expect(check(micro(['crossing', 'script'], 1500))).toContain('600 ns to 3.30 µs');
  });

  it('is not compared where there is none', () => {
    const workloads = run.workloads.filter(({ name }) => name !== 'miss');
    expect(checks({ ...run, workloads })).toEqual([]);
    expect(check()).toBe('');
  });
});
