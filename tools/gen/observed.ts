/**
 * Writes `runtime/core/gen/observed.gen.ts`: for every fop, the code that reports it to an observer, and sets
 * `Xlator.frame`, so that log lines belong to their request. Parameters are literal, and arrays are made only
 * for observed requests: a request that the observer skips costs one call.
 */
import { type FopRow, fops } from '../../runtime/core/fops.ts';
import { join, names } from './fops.ts';

const observed = ({ name, number, args, reply }: FopRow) => `  ${name}:
    (by: Observer, fop: Fop<'${name}', unknown>): Fop<'${name}', unknown> =>
    (${join('frame', 'xl', names(args))}) => {
      const up = frame.cbk as Cbk<'${name}', unknown> | null;
      if (up !== null && by.wantsRequest(frame.root)) {
        const hop = by.wind(frame, xl, ${number}, [${names(args)}]);
        if (hop !== null) {
          const cbk: Cbk<'${name}', unknown> = (${join('parent', 'cookie', 'at', 'opRet', 'opErrno', names(reply))}) => {
            by.unwind(hop, opRet, opErrno, [${names(reply)}]);
            const above = parent.xl;
            const before = above.frame;
            above.frame = parent;
            up(${join('parent', 'cookie', 'at', 'opRet', 'opErrno', names(reply))});
            above.frame = before;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const before = xl.frame;
      xl.frame = frame;
      fop(${join('frame', 'xl', names(args))});
      xl.frame = before;
    },`;

export function generateObserved(): string {
  return `/**
 * Generated from runtime/core/fops.ts by tools/gen/observed.ts (npm run gen). Do not edit.
 */
import type { AnyCbk } from '../frame.ts';
import type { Observer } from '../observer.ts';
import type { Cbk, Fop } from '../xlator.ts';
import type { FopName } from './fops.gen.ts';

/** A fop whose wind and unwind are reported to an observer. */
export const observed: {
  readonly [N in FopName]: (by: Observer, fop: Fop<N, unknown>) => Fop<N, unknown>;
} = {
${fops.map(observed).join('\n')}
};
`;
}
