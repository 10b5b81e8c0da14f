/**
 * Describes a debugged request for `debugger.ts` and `shown-values.ts`: one hop for each volume that the
 * request has reached.
 */

import type { FopRow } from '../core/fops.ts';
import type { Frame, Stack } from '../core/frame.ts';
import type { FopName } from '../core/gen/fops.gen.ts';
import { Fd, Loc } from '../core/operands.ts';
import type { Xlator } from '../core/xlator.ts';
import { valueWriters } from '../observe/codec.ts';
import { encodeWith } from '../observe/recording-bytes.ts';

/** A volume's part in a request, from the wind to the reply. */
export interface Hop {
  readonly request: DebuggedRequest;
  /** The hop whose volume wound; null if the initiator did. */
  readonly parentHop: Hop | null;
  /** The hop whose volume passed this frame on (`tail`). */
  readonly previous: Hop | null;
  readonly frame: Frame;
  readonly xl: Xlator;
  /** The fop's row in the table of fops. */
  readonly row: FopRow;
  readonly args: unknown[];
  /** Replies of the same fop from below, as bytes; null unless a breakpoint compares them. */
  repliesBelow: Uint8Array[] | null;
  /** The notes of the volume's bridge: the module's method, line, `local`. */
  notes: Readonly<Record<string, string>>;
}

/** The ways to resume a stopped request (`Debugger.resume`). */
export const resumeWays = ['continue', 'into', 'over', 'out'] as const;
export type ResumeWay = (typeof resumeWays)[number];

/** A request that is not complete. */
export interface DebuggedRequest {
  readonly root: Stack;
  /** The number of hops without a reply. */
  openHopCount: number;
  /** The goal of the current step; `hop` is where the step began. */
  goal: { readonly way: ResumeWay; readonly hop: Hop | null } | null;
  /** Ids of breakpoints that have stopped the request and do not stop it again. */
  readonly reachedBreakpoints: Set<number>;
}

/** Whether a step ends at this wind or reply of `hop`. */
export function isStepEnd(
  goal: NonNullable<DebuggedRequest['goal']>,
  kind: 'wind' | 'unwind',
  hop: Hop,
): boolean {
  if (goal.way === 'continue') return false;
  if (goal.way === 'into') return true;
  if (kind === 'wind' || goal.hop === null) return false;
  return hop === goal.hop || (goal.way === 'over' && hop.parentHop === goal.hop);
}

export const getFopName = ({ row }: Hop): FopName => row.name as FopName;

/** Finds the volume that gets the reply of a hop. */
export const findReplyReceiver = ({ previous, frame }: Hop): Xlator =>
  previous?.xl ?? frame.parent!.xl;

/** Lists the current paths of a hop's arguments. */
export function listArgumentPaths({ args }: Pick<Hop, 'args'>): string[] {
  const paths: string[] = [];
  for (const arg of args) {
    if (arg instanceof Loc) paths.push(arg.path);
    else if (arg instanceof Fd) paths.push(arg.inode.path);
  }
  return paths;
}

/** Retains all bytes of data, and all names. */
const UNCUT_RETENTION = { dataMax: Number.POSITIVE_INFINITY, hidden: null };

/** Encodes a reply for comparison: op_errno only of a failure, and only the first entries of a long list. */
export function encodeReply(
  { reply: parts }: FopRow,
  opRet: number,
  opErrno: number,
  reply: readonly unknown[],
): Uint8Array {
  return encodeWith((out) => {
    out.writeNumber(opRet);
    out.writeNumber(opRet < 0 ? opErrno : 0);
    for (const [i, { type }] of parts.entries())
      valueWriters[type](out, reply[i] ?? null, UNCUT_RETENTION);
  });
}

export const areBytesEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
