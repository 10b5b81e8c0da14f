/** What the pictures show, in words, for those who cannot see them. */
import { whole } from '../numbers.ts';
import type { Measured, Run, Workload } from '../schema.ts';
import { ratioText, timeText } from './columns.ts';
import { workloadTitle } from './words.ts';

/** A clause for each stack that was measured. */
const each = ({ results }: Workload, say: (measured: Measured) => string): string =>
  results
    .flatMap(({ stack, measured }) => (measured === null ? [] : `${stack} ${say(measured)}`))
    .join('; ');

export const ratiosInWords = ({ workloads }: Run): string =>
  workloads
    .flatMap((workload) => {
      const compared = workload.results.flatMap(({ stack, measured }) =>
        measured?.toFirst ? [`${stack} ${ratioText(measured)}`] : [],
      );
      return compared.length === 0 ? [] : [`${workloadTitle(workload)}: ${compared.join(', ')}`];
    })
    .join('; ');

export const timesInWords = (workload: Workload): string =>
  each(workload, ({ latency }) => {
    const [half, most, nearly] = [latency.p50, latency.p90, latency.p99].map(timeText);
    return `half within ${half}, 90 % within ${most}, 99 % within ${nearly}`;
  });

export const courseInWords = (workload: Workload): string =>
  each(workload, ({ throughputOverTime }) => {
    const rates = throughputOverTime.map(({ perSecond }) => perSecond);
    return `${whole(Math.min(...rates))} to ${whole(Math.max(...rates))} a second`;
  });
