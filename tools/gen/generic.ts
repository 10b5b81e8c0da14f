/**
 * Generates `runtime/core/gen/generic.gen.ts`: each fop with its arguments as one array, for code that treats all fops
 * alike, such as bridges to other languages. Each call of it allocates one small array.
 */
import { type Arg, type FopRow, fops } from '../../runtime/core/fops.ts';
import { formatNames, joinParts } from './fops.ts';

const spreadArgs = (args: readonly Arg[]): string =>
  args.map((_, i) => `args[${i}] as never`).join(', ');

const formatCollect = (
  fop: FopRow,
) => `  ${fop.name}: (handle: AnyFop): Fop<'${fop.name}', unknown> =>
    (${joinParts('frame', 'xl', formatNames(fop.args))}) => handle(frame, xl, [${formatNames(fop.args)}]),`;

const formatCollectCbk = (
  fop: FopRow,
) => `  ${fop.name}: (handle: AnyReply): Cbk<'${fop.name}', unknown> =>
    (${joinParts('frame', 'cookie', 'xl', 'opRet', 'opErrno', formatNames(fop.reply))}) =>
      handle(frame, cookie, xl, opRet, opErrno, [${formatNames(fop.reply)}]),`;

const formatWindArgs = (
  fop: FopRow,
) => `  ${fop.name}: (frame: Frame, cookie: number, cbk: Cbk<'${fop.name}', unknown>, child: Child, args: readonly unknown[]): void =>
    wind.${fop.name}(${joinParts('frame', 'cookie', 'cbk', 'child', spreadArgs(fop.args))}),`;

const formatTailArgs = (
  fop: FopRow,
) => `  ${fop.name}: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.${fop.name}(${joinParts('frame', 'child', spreadArgs(fop.args))}),`;

const formatUnwindArgs = (
  fop: FopRow,
) => `  ${fop.name}: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.${fop.name}(${joinParts('frame', 'opRet', 'opErrno', spreadArgs(fop.reply))}),`;

/** Formats an object with one function for each fop. @param body formats the function of a fop */
function formatGroup(
  name: string,
  type: string,
  doc: string,
  body: (fop: FopRow) => string,
): string {
  return `/** ${doc} */\nexport const ${name}: { readonly [N in FopName]: ${type} } = {\n${fops.map(body).join('\n')}\n};`;
}

export function generateGeneric(): string {
  return `/**
 * Generated from runtime/core/fops.ts by tools/gen/generic.ts (npm run gen). Do not edit.
 */
import type { Frame } from '../frame.ts';
import type { Cbk, Child, Fop, Xlator } from '../xlator.ts';
import { type FopName, tail, unwind, wind } from './fops.gen.ts';

/** A fop whose arguments come as an array, in the table's order. */
export type AnyFop = (frame: Frame, xl: Xlator<unknown>, args: unknown[]) => void;
/** A callback whose reply comes as an array, in the table's order. */
export type AnyReply = (
  frame: Frame,
  cookie: number,
  xl: Xlator<unknown>,
  opRet: number,
  opErrno: number,
  reply: unknown[],
) => void;

${formatGroup('collect', '(handle: AnyFop) => Fop<N, unknown>', 'The fop of a translator, made of a handler that takes an array.', formatCollect)}

${formatGroup('collectCbk', '(handle: AnyReply) => Cbk<N, unknown>', 'A callback made of a handler that takes an array.', formatCollectCbk)}

${formatGroup('windArgs', '(frame: Frame, cookie: number, cbk: Cbk<N, unknown>, child: Child, args: readonly unknown[]) => void', "`wind` with the arguments in an array, which must be of the row's types.", formatWindArgs)}

${formatGroup('tailArgs', '(frame: Frame, child: Child, args: readonly unknown[]) => void', '`tail` with the arguments in an array.', formatTailArgs)}

${formatGroup('unwindArgs', '(frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]) => void', '`unwind` with the reply in an array.', formatUnwindArgs)}
`;
}
