/**
 * Generates `runtime/core/gen/taps.gen.ts`. A *tap* is a fop that calls a hook before its wind, and another at the
 * reply. Parameter lists are literal, so that a tap allocates no arrays.
 */
import type { FopRow } from '../../runtime/core/fops.ts';
import { formatGroup, formatNames, joinParts } from './fops.ts';

const formatTap = (fop: FopRow) => {
  const args = formatNames(fop.args);
  const reply = formatNames(fop.reply);
  const formatFunction = (down: string) => `(${joinParts('frame', 'xl', args)}) => {
      const errno = before(${joinParts('frame', 'xl', `${fop.number}`, args)});
      if (errno === 0) ${down};
      else fail.${fop.name}(frame, errno);
    }`;
  return `  ${fop.name}<P>(before: Before<P>, after?: After<P>): Fop<'${fop.name}', P> {
    if (after === undefined) {
      return ${formatFunction(`tail.${fop.name}(${joinParts('frame', 'xl.children[0]!', args)})`)};
    }
    const cbk: Cbk<'${fop.name}', P> = (${joinParts('frame', '_cookie', 'xl', 'opRet', 'opErrno', reply)}) => {
      after(${joinParts('frame', 'xl', `${fop.number}`, 'opRet', 'opErrno', reply)});
      unwind.${fop.name}(${joinParts('frame', 'opRet', 'opErrno', reply)});
    };
    return ${formatFunction(`wind.${fop.name}(${joinParts('frame', '0', 'cbk', 'xl.children[0]!', args)})`)};
  },`;
};

export function generateTaps(): string {
  return `/**
 * Generated from runtime/core/fops.ts by tools/gen/taps.ts (npm run gen). Do not edit.
 *
 * A tap is a fop that calls \`before\` and winds to the first child. Without \`after\` it tail-winds and
 * needs no frame; with it, the frame's \`local\` belongs to the hooks, and \`after\` gets the reply.
 */
import type { Frame } from '../frame.ts';
import type { Cbk, Fop, Fops, Xlator } from '../xlator.ts';
import { type FopName, fail, tail, unwind, wind } from './fops.gen.ts';

/**
 * Returns 0 to wind the fop, or an errno to fail it. \`fop\` is its number; its arguments follow in
 * the table's order.
 */
export type Before<P> = {
  call(frame: Frame, xl: Xlator<P>, fop: number, ...args: unknown[]): number;
}['call'];

/** Gets the reply's fields in the table's order. */
export type After<P> = {
  call(
    frame: Frame,
    xl: Xlator<P>,
    fop: number,
    opRet: number,
    opErrno: number,
    ...reply: unknown[]
  ): void;
}['call'];

${formatGroup('tap', 'Makes a fop of hooks.', formatTap)}

/** Makes taps of several fops, for a translator's \`fops\`. */
export function taps<P>(names: Iterable<FopName>, before: Before<P>, after?: After<P>): Fops<P> {
  const watched: Partial<Record<FopName, unknown>> = {};
  for (const name of names) watched[name] = tap[name](before, after);
  return watched as Fops<P>;
}
`;
}
