/**
 * Generates `runtime/core/gen/fops.gen.ts` from the table in `runtime/core/fops.ts`: the types of all fops and
 * callbacks, and the stubs `wind`, `tail`, `unwind`, `fail`, `pass`. Their parameter lists are literal, so that a
 * request allocates no rest array and each call site has one signature. For code that treats all fops alike, such as
 * bridges to other languages, others (`windArgs`, `collect`) take the arguments as one array.
 */
import { type Arg, type ArgType, type FopRow, fops, toCamelCase } from '../../runtime/core/fops.ts';

/** Each type of values in TypeScript; other languages differ in a few. */
export const TS_TYPES: Readonly<Record<ArgType, string>> = {
  loc: 'Loc',
  inode: 'Inode',
  fd: 'Fd',
  iatt: 'Iatt',
  dict: 'Dict',
  str: 'string',
  int: 'number',
  data: 'Uint8Array',
  entries: 'readonly Dirent[]',
  statvfs: 'Statvfs',
  flock: 'Flock',
  lease: 'Lease',
  locklist: 'readonly Flock[]',
};

const formatParams = (args: readonly Arg[]): string =>
  args
    .map((arg) => `${toCamelCase(arg.name)}: ${TS_TYPES[arg.type]}${arg.nullable ? ' | null' : ''}`)
    .join(', ');
/** Writes the names of arguments, separated by commas, to pass them on. */
export const formatNames = (args: readonly Arg[]): string =>
  args.map((arg) => toCamelCase(arg.name)).join(', ');
/**
 * Counts the arguments that a wind must have. Trailing ones are optional: xdata, and the fd of a
 * fop that makes one.
 */
export function countRequired({ args, reply }: FopRow): number {
  const makesFd = reply.some(({ type }) => type === 'fd');
  const isOptional = ({ name }: Arg): boolean => name === 'xdata' || (name === 'fd' && makesFd);
  return args.findLastIndex((arg) => !isOptional(arg)) + 1;
}
/**
 * Writes a failed reply's values: -1 for a number, null for all else, as in GlusterFS's defaults.
 */
const formatFailureValues = (args: readonly Arg[]): string =>
  args.map((arg) => (arg.type === 'int' ? '-1' : 'null')).join(', ');
/** Joins the parts of a parameter list that are not empty. */
export const joinParts = (...parts: string[]): string =>
  parts.filter((part) => part !== '').join(', ');

/** Formats the type `FopTable`: the types of each fop's arguments and reply. */
function formatTableType(): string {
  const rows = fops.map(
    (fop) =>
      `  ${fop.name}: { args: [${formatParams(fop.args)}]; reply: [${formatParams(fop.reply)}] };`,
  );
  return `export interface FopTable {\n${rows.join('\n')}\n}`;
}

/**
 * Formats an object with one function for each fop.
 * @param body formats the function of a fop
 * @param type the type of the function of fop `N`, if the functions do not say it
 */
export function formatGroup(
  name: string,
  doc: string,
  body: (fop: FopRow) => string,
  type?: string,
): string {
  const annotation = type === undefined ? '' : `: { readonly [N in FopName]: ${type} }`;
  return `/** ${doc} */\nexport const ${name}${annotation} = {\n${fops.map(body).join('\n')}\n};`;
}

/** Formats the body of a wind. @param args the arguments, as expressions */
const formatWindBody = (name: string, args: string): string => `
    const target = child.${name};
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(${joinParts('childFrame', 'target.xl', args)});
`;

const formatTailBody = (name: string, args: string): string => `
    const target = child.${name};
    frame.xl = target.xl;
    target.fop(${joinParts('frame', 'target.xl', args)});
`;

const formatUnwindBody = (name: string, reply: string): string => `
    const cbk = frame.cbk as Cbk<'${name}', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, '${name}');
      return;
    }
    frame.cbk = null;
    if (opRet < 0) noteFailure(frame, opErrno);
    const parent = frame.parent as Frame;
    cbk(${joinParts('parent', 'frame.cookie', 'parent.xl', 'opRet', 'opErrno', reply)});
`;

const formatWind = (fop: FopRow) => `  ${fop.name}<P>(
    ${joinParts('frame: Frame', 'cookie: number', `cbk: Cbk<'${fop.name}', P>`, 'child: Child', formatParams(fop.args))}
  ): void {${formatWindBody(fop.name, formatNames(fop.args))}  },`;

const formatTail = (fop: FopRow) =>
  `  ${fop.name}(${joinParts('frame: Frame', 'child: Child', formatParams(fop.args))}): void {${formatTailBody(fop.name, formatNames(fop.args))}  },`;

const formatUnwind = (fop: FopRow) => `  ${fop.name}(
    ${joinParts('frame: Frame', 'opRet: number', 'opErrno: number', formatParams(fop.reply))}
  ): void {${formatUnwindBody(fop.name, formatNames(fop.reply))}  },`;

const formatFail = (fop: FopRow) => `  ${fop.name}(frame: Frame, opErrno: number): void {
    unwind.${fop.name}(${joinParts('frame', '-1', 'opErrno', formatFailureValues(fop.reply))});
  },`;

const formatPass = (fop: FopRow) => `  ${fop.name}(
    ${joinParts('frame: Frame', '_cookie: number', '_xl: Xlator<unknown>', 'opRet: number', 'opErrno: number', formatParams(fop.reply))}
  ): void {
    unwind.${fop.name}(${joinParts('frame', 'opRet', 'opErrno', formatNames(fop.reply))});
  },`;

const spreadArgs = (args: readonly Arg[]): string =>
  args.map((_, i) => `args[${i}] as never`).join(', ');

const formatCollect = ({ name, args }: FopRow) => `  ${name}: (handle) =>
    (${joinParts('frame', 'xl', formatNames(args))}) => handle(frame, xl, [${formatNames(args)}]),`;

const formatCollectCbk = ({ name, reply }: FopRow) => `  ${name}: (handle) =>
    (${joinParts('frame', 'cookie', 'xl', 'opRet', 'opErrno', formatNames(reply))}) =>
      handle(frame, cookie, xl, opRet, opErrno, [${formatNames(reply)}]),`;

const formatWindArgs = ({ name, args }: FopRow) =>
  `  ${name}(frame, cookie, cbk, child, args) {${formatWindBody(name, spreadArgs(args))}  },`;

const formatTailArgs = ({ name, args }: FopRow) =>
  `  ${name}(frame, child, args) {${formatTailBody(name, spreadArgs(args))}  },`;

const formatUnwindArgs = ({ name, reply }: FopRow) =>
  `  ${name}(frame, opRet, opErrno, args) {${formatUnwindBody(name, spreadArgs(reply))}  },`;

export function generateFops(): string {
  return `/**
 * Generated from runtime/core/fops.ts by tools/gen/fops.ts (npm run gen). Do not edit.
 */
import type { Dict } from '../dict.ts';
import { type AnyCbk, Frame, noteFailure, reportSecondUnwind } from '../frame.ts';
import type { Dirent, Iatt, Statvfs } from '../iatt.ts';
import type { Inode } from '../inode.ts';
import type { Flock, Lease } from '../lock.ts';
import type { Fd, Loc } from '../operands.ts';
import type { Cbk, Child, Fop, Target, Xlator } from '../xlator.ts';

/** Arguments down and reply up of every fop, after \`frame, xl\` and \`opRet, opErrno\`. */
${formatTableType()}

export type FopName = keyof FopTable;
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

/** Every fop's method name, in order of number. */
export const fopNames = [
${fops.map((fop) => `  '${fop.name}',`).join('\n')}
] as const satisfies readonly FopName[];

${formatGroup('wind', 'Winds to a child with a new frame. Calls `cbk` with `cookie` and the reply.', formatWind)}

${formatGroup('tail', 'Tail-winds to a child: passes the frame on, so the reply goes to the caller. `frame.local` must be unset.', formatTail)}

${formatGroup('unwind', 'Replies to the caller. A second unwind of a frame is dropped and logged.', formatUnwind)}

${formatGroup('fail', 'Replies to the caller with an errno.', formatFail)}

${formatGroup('pass', 'A callback that passes the reply up unchanged.', formatPass)}

${formatGroup('collect', 'The fop of a translator, made of a handler that takes an array.', formatCollect, '(handle: AnyFop) => Fop<N, unknown>')}

${formatGroup('collectCbk', 'A callback made of a handler that takes an array.', formatCollectCbk, '(handle: AnyReply) => Cbk<N, unknown>')}

${formatGroup('windArgs', "`wind` with the arguments in an array, which must be of the row's types.", formatWindArgs, '(frame: Frame, cookie: number, cbk: Cbk<N, unknown>, child: Child, args: readonly unknown[]) => void')}

${formatGroup('tailArgs', '`tail` with the arguments in an array.', formatTailArgs, '(frame: Frame, child: Child, args: readonly unknown[]) => void')}

${formatGroup('unwindArgs', '`unwind` with the reply in an array.', formatUnwindArgs, '(frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]) => void')}

/** The target of each fop's wind to a volume. Only the graph makes links, and calls \`route\` to change them. */
export class Links {
${fops.map((fop) => `  ${fop.name}!: Target<'${fop.name}'>;`).join('\n')}

  constructor(find: <N extends FopName>(name: N) => Target<N>) {
    this.route(find);
  }

  route(find: <N extends FopName>(name: N) => Target<N>): void {
${fops.map((fop) => `    this.${fop.name} = find('${fop.name}');`).join('\n')}
  }
}

/** Makes a fop that fails with \`opErrno\`, for fops that neither a volume nor any below it defines. */
export function makeRefusingFop<N extends FopName>(name: N, opErrno: number): Fop<N, unknown> {
  const failFop = fail[name];
  return ((frame: Frame) => failFop(frame, opErrno)) as unknown as Fop<N, unknown>;
}
`;
}
