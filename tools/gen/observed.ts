/**
 * Generates `runtime/core/gen/observed.gen.ts`: for every fop, the code that reports it to an observer, and sets
 * `Xlator.frame`, so that log lines belong to their request. Parameter lists are literal, and arrays are made only for
 * requests that the observer wants; any other request costs one call.
 */
import type { FopRow } from '../../runtime/core/fops.ts';
import { formatGroup, formatNames, joinParts } from './fops.ts';

const formatObserved = ({ name, number, args, reply }: FopRow) => `  ${name}:
    (observer: Observer, fop: Fop<'${name}', unknown>): Fop<'${name}', unknown> =>
    (${joinParts('frame', 'xl', formatNames(args))}) => {
      const parentCbk = frame.cbk as Cbk<'${name}', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, ${number}, [${formatNames(args)}]);
        if (hop !== null) {
          const cbk: Cbk<'${name}', unknown> = (${joinParts('parent', 'cookie', 'cbkXl', 'opRet', 'opErrno', formatNames(reply))}) => {
            observer.unwind(hop, opRet, opErrno, [${formatNames(reply)}]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(${joinParts('parent', 'cookie', 'cbkXl', 'opRet', 'opErrno', formatNames(reply))});
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(${joinParts('frame', 'xl', formatNames(args))});
      xl.frame = previousFrame;
    },`;

export function generateObserved(): string {
  return `/**
 * Generated from runtime/core/fops.ts by tools/gen/observed.ts (npm run gen). Do not edit.
 */
import type { AnyCbk } from '../frame.ts';
import type { Observer } from '../observer.ts';
import type { Cbk, Fop } from '../xlator.ts';
import type { FopName } from './fops.gen.ts';

${formatGroup('observed', 'A fop whose wind and unwind are reported to an observer.', formatObserved, '(observer: Observer, fop: Fop<N, unknown>) => Fop<N, unknown>')}
`;
}
