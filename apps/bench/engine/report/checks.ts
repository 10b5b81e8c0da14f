/**
 * How the breakdown of a request, which is made of samples, agrees with micro-benchmarks of its
 * parts. Those are about one lookup, so they are set beside the workload whose request is one.
 */
import { KERNEL } from '../breakdown.ts';
import { relative } from '../numbers.ts';
import type { Micro, Run } from '../schema.ts';
import { timeText } from './columns.ts';

const LOOKUP_WORKLOAD = 'miss';
/** As a factor: what is hot and alone is quicker than the same in a mount. */
const AGREES = 2;

/** What the samples say of these parts together, of each stack and place. */
function sampledOf({ parts, stack }: Micro, { workloads }: Run): number[] {
  return workloads
    .filter(({ name }) => name === LOOKUP_WORKLOAD)
    .flatMap(({ results }) => results)
    .filter((result) => stack === null || result.stack === stack)
    .flatMap(({ measured }) => {
      if (measured === null || measured.breakdown.length === 0) return [];
      const mine = measured.breakdown.filter(({ part }) => parts.includes(part));
      return mine.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
    });
}

function agreement({ parts, nanoseconds }: Micro, low: number, high: number): string {
  if (parts.includes(KERNEL)) {
    return low >= nanoseconds
      ? 'the rest of that is FUSE, waking the server and the client, and waiting'
      : 'that is less than it can be: the samples count too much for the server';
  }
  const middle = (low + high) / 2;
  if (middle > AGREES * nanoseconds) {
    const factor = relative(middle / Math.max(nanoseconds, 1));
    return (
      `${factor} times as much: a mount does more there, is not as hot, and waits for its CPU ` +
      'where the machine has other work'
    );
  }
  if (AGREES * middle < nanoseconds) return 'that is less than half: the samples miss some of it';
  return 'the two agree within a factor of two';
}

/** A sentence for each micro-benchmark; none where there was no breakdown. */
export function checks(run: Run): string[] {
  return run.micro.flatMap((micro) => {
    const sampled = sampledOf(micro, run);
    if (sampled.length === 0) return [];
    const [low, high] = [Math.min(...sampled), Math.max(...sampled)];
    const range = low === high ? timeText(low) : `${timeText(low)} to ${timeText(high)}`;
    const { what, parts, stack, nanoseconds } = micro;
    const whose = stack === null ? '' : ` of ${stack}`;
    return (
      `By itself, ${what} takes ${timeText(nanoseconds)}. The samples${whose} have ${range} for ` +
      `${parts.join(', ')} in ${LOOKUP_WORKLOAD}: ${agreement(micro, low, high)}.`
    );
  });
}
