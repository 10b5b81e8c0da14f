/**
 * Writes `runtime/core/gen/generic.gen.ts`: each fop with its arguments as one array, for code that treats
 * all fops alike (bridges, drivers). This costs one small array per crossing; the parameter lists themselves
 * stay literal.
 */
import { type Arg, type FopRow, fops } from '../../runtime/core/fops.ts';
import { join, names } from './fops.ts';

const spread = (args: readonly Arg[]): string =>
  args.map((_, i) => `args[${i}] as never`).join(', ');

const collect = (fop: FopRow) => `  ${fop.name}: (handle: AnyFop): Fop<'${fop.name}', unknown> =>
    (${join('frame', 'xl', names(fop.args))}) => handle(frame, xl, [${names(fop.args)}]),`;

const collectCbk = (
  fop: FopRow,
) => `  ${fop.name}: (handle: AnyReply): Cbk<'${fop.name}', unknown> =>
    (${join('frame', 'cookie', 'xl', 'opRet', 'opErrno', names(fop.reply))}) =>
      handle(frame, cookie, xl, opRet, opErrno, [${names(fop.reply)}]),`;

const windArgs = (
  fop: FopRow,
) => `  ${fop.name}: (frame: Frame, cookie: number, cbk: Cbk<'${fop.name}', unknown>, child: Child, args: readonly unknown[]): void =>
    wind.${fop.name}(${join('frame', 'cookie', 'cbk', 'child', spread(fop.args))}),`;

const tailArgs = (
  fop: FopRow,
) => `  ${fop.name}: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.${fop.name}(${join('frame', 'child', spread(fop.args))}),`;

const unwindArgs = (
  fop: FopRow,
) => `  ${fop.name}: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.${fop.name}(${join('frame', 'opRet', 'opErrno', spread(fop.reply))}),`;

function group(name: string, type: string, doc: string, body: (fop: FopRow) => string): string {
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

${group('collect', '(handle: AnyFop) => Fop<N, unknown>', 'The fop of a translator, made of a handler that takes an array.', collect)}

${group('collectCbk', '(handle: AnyReply) => Cbk<N, unknown>', 'A callback made of a handler that takes an array.', collectCbk)}

${group('windArgs', '(frame: Frame, cookie: number, cbk: Cbk<N, unknown>, child: Child, args: readonly unknown[]) => void', "`wind` with the arguments in an array, which must be of the row's types.", windArgs)}

${group('tailArgs', '(frame: Frame, child: Child, args: readonly unknown[]) => void', '`tail` with the arguments in an array.', tailArgs)}

${group('unwindArgs', '(frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]) => void', '`unwind` with the reply in an array.', unwindArgs)}
`;
}
