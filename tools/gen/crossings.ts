/**
 * Generates `bridges/host/crossing/crossings.gen.ts`: for each fop, the function that takes a request to a guest, and the
 * one that takes a reply. Both write the scalars without a loop over types.
 */
import { listScalarKinds } from '../../bridges/host/crossing/kinds.ts';
import { type Arg, type ArgType, type FopRow, toCamelCase } from '../../runtime/core/fops.ts';
import { formatGroup, formatNames, joinParts } from './fops.ts';

/** The scalar of a value of each type; of other types, whether there is one. */
const SCALARS: Partial<Record<ArgType, (value: string) => string>> = {
  inode: (value) => `${value} === null ? 0 : expose(${value}, xl)`,
  fd: (value) => `${value} === null ? 0 : ${value}.id`,
  str: (value) => `${value} ?? undefined`,
  int: (value) => value,
  data: (value) => `${value} === null ? -1 : ${value}.length`,
};
const formatPresence = (value: string): string => `${value} === null ? 0 : 1`;

/** Formats the statements that write the scalars of `args`, from `offset` on. */
function formatScalars(args: readonly Arg[], offset: number): string {
  let position = offset;
  return args
    .map((arg, index) => {
      const { type } = arg;
      const value = toCamelCase(arg.name);
      const start = position;
      position += listScalarKinds([arg]).length;
      if (type === 'loc') return `        exposeLoc(${value}, scratch, ${start}, xl);`;
      // The taker links the inode of a reply, which may be another then.
      const relink = type === 'inode' ? `        ${value} = values[${index}] as never;\n` : '';
      return `${relink}        scratch[${start}] = ${(SCALARS[type] ?? formatPresence)(value)};`;
    })
    .join('\n');
}

/**
 * Formats a function that takes a request or a reply.
 * @param values the fop's arguments, or the parts of its reply
 * @param take the taker's method, and what it gets before the values
 * @param offset the index of the first scalar
 */
function formatCrossing(
  { name }: FopRow,
  values: readonly Arg[],
  [method, ...before]: readonly string[],
  offset: number,
): string {
  const scalars = formatScalars(values, offset);
  const xl = scalars.includes(', xl)') ? 'xl' : '_xl';
  const [frame, wind, ...results] = before;
  const parameters = joinParts(frame!, wind ?? '', xl, ...results, formatNames(values));
  return `  ${name}: (plan, taker) => (${parameters}) => {
      const values: unknown[] = [${formatNames(values)}];
      const request = taker.${method}(plan, ${joinParts(...before, 'values')});
      if (request === null) return;
      if (plan.takesScalars) {
        const { scratch } = plan;
${scalars}
      }
      taker.callGuest(request, plan);
    },`;
}

const formatRequest = (fop: FopRow): string => formatCrossing(fop, fop.args, ['begin', 'frame'], 1);
const formatReply = (fop: FopRow): string =>
  formatCrossing(fop, fop.reply, ['takeReply', 'frame', 'wind', 'opRet', 'opErrno'], 4);

export function generateCrossings(): string {
  return `/**
 * Generated from runtime/core/fops.ts by tools/gen/crossings.ts (npm run gen). Do not edit.
 */
import type { Frame } from '../../../runtime/core/frame.ts';
import type { FopRow } from '../../../runtime/core/fops.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import type { Cbk, Fop } from '../../../runtime/core/xlator.ts';
import type { EnterGuest, Scalar } from '../guest.ts';
import { expose, exposeLoc } from './exposed-inodes.ts';

/** The entry of one fop's requests, or of its replies, into the guest. */
export interface Entry {
  readonly row: FopRow;
  /** Calls the module; null for the requests of a fop for which it has only a callback or a hook. */
  readonly enter: EnterGuest | null;
  /** Buffer for a call's scalars; the engine copies them before it runs the module. */
  readonly scratch: Scalar[];
  /** False for a guest that reads records. */
  readonly takesScalars: boolean;
}

/** The interpreter, which makes the requests. \`begin\` and \`takeReply\` return null for one that does not enter the guest. */
export interface Taker<P extends Entry, R> {
  begin(plan: P, frame: Frame, args: unknown[]): R | null;
  takeReply(plan: Entry, frame: Frame, wind: number, opRet: number, opErrno: number, values: unknown[]): R | null;
  callGuest(request: R, plan: Entry): void;
}

${formatGroup('fopCrossings', 'Makes the fop of a volume, which passes its requests to the guest.', formatRequest, '<P extends Entry, R>(plan: P, taker: Taker<P, R>) => Fop<N, unknown>')}

${formatGroup('replyCrossings', "Makes the callback of winds whose reply the guest sees; its cookie is the wind's number.", formatReply, '<P extends Entry, R>(plan: Entry, taker: Taker<P, R>) => Cbk<N, unknown>')}
`;
}
