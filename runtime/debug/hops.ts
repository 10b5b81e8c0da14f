/** Describes a debugged request: one hop for each volume that it has reached. */
import { Fd } from '../core/fd.ts';
import type { FopRow } from '../core/fops.ts';
import type { Frame, Stack } from '../core/frame.ts';
import type { FopName } from '../core/gen/fops.gen.ts';
import { Loc } from '../core/loc.ts';
import type { Xlator } from '../core/xlator.ts';
import { written } from '../observe/bytes.ts';
import { writeValue } from '../observe/codec.ts';

/** A volume's part in a request, from the wind to the reply. */
export interface Hop {
  readonly request: DebuggedRequest;
  /** The hop whose volume wound; null if the initiator did. */
  readonly above: Hop | null;
  /** The hop that handed this frame on (`tail`). */
  readonly before: Hop | null;
  readonly frame: Frame;
  readonly xl: Xlator;
  readonly row: FopRow;
  readonly args: unknown[];
  /** Replies of the same fop from below, as bytes; null unless a breakpoint compares them. */
  repliesBelow: Uint8Array[] | null;
  /** Notes of its volume's bridge: the module's method, line, `local`. */
  notes: Readonly<Record<string, string>>;
}

/** The ways to resume a stopped request, see `Debugger.resume`. */
export const ways = ['continue', 'into', 'over', 'out'] as const;
export type Way = (typeof ways)[number];

/** A request that is not complete. */
export interface DebuggedRequest {
  readonly root: Stack;
  /** The number of hops without a reply. */
  open: number;
  /** The goal of the current step; `hop` is where the step began. */
  goal: { readonly way: Way; readonly hop: Hop | null } | null;
  /** Breakpoints that no longer stop it. */
  readonly done: Set<number>;
}

/** Whether a step ends at this wind or reply of `hop`. */
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

/** The volume that gets its reply. */
export const receiverOf = ({ before, frame }: Hop): Xlator => before?.xl ?? frame.parent!.xl;

/** The current paths of a request's arguments. */
export function pathsOf({ args }: Pick<Hop, 'args'>): string[] {
  const paths: string[] = [];
  for (const arg of args) {
    if (arg instanceof Loc) paths.push(arg.path);
    else if (arg instanceof Fd) paths.push(arg.inode.path);
  }
  return paths;
}

const UNCUT = { dataMax: Number.POSITIVE_INFINITY, hidden: null };

/** A reply as bytes for comparison; long lists with their first entries only. */
export function bytesOf(
  { reply: parts }: FopRow,
  opRet: number,
  opErrno: number,
  reply: readonly unknown[],
): Uint8Array {
  return written((out) => {
    out.number(opRet);
    out.number(opRet < 0 ? opErrno : 0);
    for (const [i, { type }] of parts.entries()) writeValue[type](out, reply[i] ?? null, UNCUT);
  });
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
