/** A module's work that no request waits for keeps to its share while requests come. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Stack } from '../../../runtime/core/frame.ts';
import { OwnWork } from './own-work.ts';

/** Lets time pass in which the work is ready every 20 ms and takes so long; returns what it got. */
function simulate(work: OwnWork, clock: { ms: number }, took: number, requestEveryMs: number) {
  const endMs = clock.ms + 100_000;
  let nextRequestMs = clock.ms;
  let workedMs = 0;
  while (clock.ms < endMs) {
    for (; nextRequestMs <= clock.ms; nextRequestMs += requestEveryMs) new Stack(0, 0, 1, 'STAT');
    if (!work.mustRest()) {
      const startMs = clock.ms;
      clock.ms += took;
      workedMs += took;
      work.noteCall(startMs);
    }
    clock.ms += 20;
  }
  return workedMs / 100_000;
}

it('gets its share at most while requests come, and nearly all of the time otherwise', () => {
  fc.assert(
    fc.property(
      fc.record({
        took: fc.integer({ min: 20, max: 5000 }),
        share: fc.integer({ min: 1, max: 99 }),
        // Often, compared with the work.
        every: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
      }),
      ({ took, share, every }) => {
        const clock = { ms: 0 };
        const work = new OwnWork(() => clock.ms, share);
        const got = simulate(work, clock, took, Math.max(1, every * took));
        // The first call began before any request, and the last one may have just begun.
        expect(got).toBeLessThanOrEqual(share / 100 + (2 * took) / 100_000);
        expect(got).toBeGreaterThan(0);
        expect(simulate(work, clock, took, Number.POSITIVE_INFINITY)).toBeGreaterThan(
          0.8 * (took / (took + 20)) - (2 * took) / 100_000 / (share / 100),
        );
      },
    ),
  );
});

it('never rests after short calls, or with a share of 100 percent', () => {
  const clock = { ms: 0 };
  const short = new OwnWork(() => clock.ms, 1);
  expect(simulate(short, clock, 19, 1)).toBeCloseTo(19 / 39, 2);
  const whole = new OwnWork(() => clock.ms, 100);
  expect(simulate(whole, clock, 1000, 1)).toBeCloseTo(1000 / 1020, 1);
});
