import { describe, expect, it } from 'vitest';
import { BusySampler, describeBusyness, isBusy, parseCpuTimes } from './busy-sampler.ts';
import { readAllowedCpus } from './placement.ts';

/** Two CPUs, of which the second is busy; ticks are hundredths of a second. */
const STAT = `cpu  300 20 100 1000 60 10 10 40 5 0
cpu0 100 0 0 900 0 0 0 0 0 0
cpu1 200 20 100 100 60 10 10 40 5 0
intr 1 2 3
procs_running 4
procs_blocked 0
`;

const quiet = { others: 0.02, steal: 0, load: 0.4 };

describe('the load of the machine', () => {
  it('is summed over the CPUs that the bench uses', () => {
    const times = parseCpuTimes(STAT, [1]);
    expect(times.total).toBeCloseTo(5.4);
    expect(times.busy).toBeCloseTo(3.4);
    expect(times.steal).toBeCloseTo(0.4);
    expect(times.runnableCount).toBe(3);
    expect(parseCpuTimes(STAT, [0, 1]).total).toBeCloseTo(15.4);
  });

  it.each([
    ['others', { others: 0.5 }, /other processes had 50 % of the CPU time, and 0\.40 of them/],
    ['the host', { steal: 0.2 }, /had 2 % of the CPU time and the host of this .* machine 20 %/],
    ['the load', { others: 0.06, load: 15 }, /15\.00 of them ran or waited at a time/],
  ])('counts as busy when %s is high, and is described with its figures', (_, more, expected) => {
    expect(isBusy({ ...quiet, ...more }, 2)).toBe(true);
    expect(describeBusyness({ ...quiet, ...more }, 2)).toMatch(expected);
  });

  it('has no description while it is low or was not sampled', () => {
    expect(describeBusyness(quiet, 2)).toBeNull();
    expect(describeBusyness({ ...quiet, load: 15 }, 16)).toBeNull();
    expect(describeBusyness({ ...quiet, others: 0.06 }, 2)).toBeNull();
    expect(describeBusyness({ ...quiet, load: 2 }, 1)).toBeNull();
    expect(describeBusyness(null, 2)).toBeNull();
  });

  it('excludes the CPU time of the measured processes', () => {
    const [counted, uncounted] = [
      new BusySampler(readAllowedCpus()),
      new BusySampler(readAllowedCpus()),
    ];
    expect(counted.computeBusyness()).toBeNull();
    counted.begin([process.pid]);
    uncounted.begin([]);
    // The kernel counts CPU time in hundredths of a second.
    const { user } = process.cpuUsage();
    while (process.cpuUsage().user - user < 300_000);
    counted.end();
    uncounted.end();
    const [apart, among] = [counted.computeBusyness()!, uncounted.computeBusyness()!];
    expect(among.others).toBeGreaterThan(apart.others);
    for (const { others, steal } of [apart, among]) {
      for (const share of [others, steal]) expect(share).toBeLessThanOrEqual(1);
    }
  });
});
