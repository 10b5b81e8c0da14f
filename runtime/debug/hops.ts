/** Requests as a debugger follows them: a hop for each volume that one has come to. */
import { Fd } from '../core/fd.ts';
import type { FopRow } from '../core/fops.ts';
import type { Frame, Stack } from '../core/frame.ts';
import type { FopName } from '../core/gen/fops.gen.ts';
import { Loc } from '../core/loc.ts';
import type { Xlator } from '../core/xlator.ts';
import { written } from '../observe/bytes.ts';
import { writeValue } from '../observe/values.ts';

/** A volume's part in a request, from the wind to its answer. */
export interface Hop {
  readonly request: DebuggedRequest;
  /** The hop whose volume wound; null where that is who began the request. */
  readonly above: Hop | null;
  /** The hop that had the same frame, and has handed it on (`tail`). */
  readonly before: Hop | null;
  readonly frame: Frame;
  readonly xl: Xlator;
  readonly row: FopRow;
  readonly args: unknown[];
  /** Replies of the same fop that have come up to its volume, as bytes; null while nobody asks. */
  cameUp: Uint8Array[] | null;
  /** What its volume's bridge has told of it: a script's method, line, `local`. */
  notes: Readonly<Record<string, string>>;
}

/** How a stopped request goes on; `Debugger.resume` says what they mean. */
export const ways = ['continue', 'into', 'over', 'out'] as const;
export type Way = (typeof ways)[number];

/** A request, as long as something of it is on its way. */
export interface DebuggedRequest {
  readonly root: Stack;
  /** Hops without an answer. */
  open: number;
  /** Where it is to stop next; `hop` is whose volume it was at. */
  goal: { readonly way: Way; readonly hop: Hop | null } | null;
  /** Breakpoints that stop it no more. */
  readonly done: Set<number>;
}

/** Whether a request that is to go on so far has come to where it stops: here, `hop`'s answer or wind. */
export function reaches(
  goal: NonNullable<DebuggedRequest['goal']>,
  kind: 'wind' | 'unwind',
  hop: Hop,
): boolean {
  if (goal.way === 'continue') return false;
  if (goal.way === 'into') return true;
  if (kind === 'wind' || goal.hop === null) return false;
  return hop === goal.hop || (goal.way === 'over' && hop.above === goal.hop);
}

export const nameOf = ({ row }: Hop): FopName => row.name as FopName;

/** Who gets its answer. */
export const receiverOf = ({ before, frame }: Hop): Xlator => before?.xl ?? frame.parent!.xl;

/** The paths that a request is for, as they are known now. */
export function pathsOf({ args }: Pick<Hop, 'args'>): string[] {
  const paths: string[] = [];
  for (const arg of args) {
    if (arg instanceof Loc) paths.push(arg.path);
    else if (arg instanceof Fd) paths.push(arg.inode.path);
  }
  return paths;
}

const KEPT = { dataMax: Number.POSITIVE_INFINITY, hidden: null };

/** A reply as bytes, to be compared with another; of long lists, their first entries. */
export function bytesOf(
  { reply: parts }: FopRow,
  opRet: number,
  opErrno: number,
  reply: readonly unknown[],
): Uint8Array {
  return written((out) => {
    out.number(opRet);
    out.number(opRet < 0 ? opErrno : 0);
    for (const [i, { type }] of parts.entries()) writeValue[type](out, reply[i] ?? null, KEPT);
  });
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
