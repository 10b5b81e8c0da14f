/**
 * Writes `runtime/core/gen/observed.gen.ts`: for every fop, the code that reports it to an
 * observer, and sets `Xlator.frame`, so that log lines belong to their request. Parameter lists are
 * literal, and arrays are made only for observed requests: one that the observer skips costs one
 * call.
 */
import { type FopRow, fops } from '../../runtime/core/fops.ts';
import { joinParts, writeNames } from './fops.ts';

const writeObserved = ({ name, number, args, reply }: FopRow) => `  ${name}:
    (by: Observer, fop: Fop<'${name}', unknown>): Fop<'${name}', unknown> =>
    (${joinParts('frame', 'xl', writeNames(args))}) => {
      const up = frame.cbk as Cbk<'${name}', unknown> | null;
      if (up !== null && by.wantsRequest(frame.root)) {
        const hop = by.wind(frame, xl, ${number}, [${writeNames(args)}]);
        if (hop !== null) {
          const cbk: Cbk<'${name}', unknown> = (${joinParts('parent', 'cookie', 'at', 'opRet', 'opErrno', writeNames(reply))}) => {
            by.unwind(hop, opRet, opErrno, [${writeNames(reply)}]);
            const above = parent.xl;
            const before = above.frame;
            above.frame = parent;
            up(${joinParts('parent', 'cookie', 'at', 'opRet', 'opErrno', writeNames(reply))});
            above.frame = before;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const before = xl.frame;
      xl.frame = frame;
      fop(${joinParts('frame', 'xl', writeNames(args))});
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
${fops.map(writeObserved).join('\n')}
};
`;
}
