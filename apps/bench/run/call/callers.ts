/**
 * Who asks: requests one after the other, each with a stack and a frame of its own as a mount makes
 * them, and every answer checked. A batch goes on without the event loop as long as answers come at
 * once, in one turn, as the mount's pump does.
 */

import type { Dict } from '../../../../runtime/core/dict.ts';
import { errnoName } from '../../../../runtime/core/errno.ts';
import { Fd } from '../../../../runtime/core/fd.ts';
import { type Frame, newRequest, Stack } from '../../../../runtime/core/frame.ts';
import { wind } from '../../../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../../../runtime/core/graph.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { runSharedTurn } from '../../../../runtime/core/turn.ts';
import type { Xlator } from '../../../../runtime/core/xlator.ts';
import { NotMeasured } from '../../engine/not-measured.ts';
import { READ_SIZE } from './graphs.ts';

/** Makes so many requests; microseconds that each took. @throws {NotMeasured} for a wrong answer */
export type Batch = (count: number) => Promise<number>;

/** Different names that are looked up in turn, of one directory. */
const NAMES = 100;

/** A callback of lookup and of readv alike. */
type ReplyCallback = (
  frame: Frame,
  cookie: number,
  xl: Xlator<unknown>,
  opRet: number,
  opErrno: number,
) => void;

/** Batches of the request that `ask` makes; each must answer as wanted. */
function batchOf(
  wantedRet: number,
  wantedErrno: number,
  ask: (at: number, answered: ReplyCallback) => void,
): Batch {
  let pending = false;
  let wrong: string | undefined;
  let resume: (() => void) | null = null;
  const answered: ReplyCallback = (_frame, _cookie, _xl, opRet, opErrno) => {
    if (opRet !== wantedRet || (opRet < 0 && opErrno !== wantedErrno)) {
      wrong = `a reply was ${opRet < 0 ? (errnoName(opErrno) ?? opErrno) : opRet}`;
    }
    pending = false;
    resume?.();
  };
  return async (count) => {
    let at = 0;
    const untilPending = (): void => {
      for (pending = false; at < count && !pending; at++) {
        pending = true;
        ask(at, answered);
      }
    };
    const begin = performance.now();
    while (at < count) {
      if (!runSharedTurn(untilPending)) throw new NotMeasured('a call ran too long');
      if (pending) {
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
        resume = null;
      }
    }
    const us = (performance.now() - begin) * 1000;
    if (wrong !== undefined) throw new NotMeasured(wrong);
    return us / count;
  };
}

/** Lookups of names in the root, all with one xdata; success unless an errno is told. */
export function lookups(
  { inodes, links, top }: Graph,
  wantedErrno = 0,
  xdata: Dict | null = null,
): Batch {
  const locs = Array.from(
    { length: NAMES },
    (_, at) => new Loc(inodes.newInode(), inodes.root, `name-${at}`),
  );
  return batchOf(wantedErrno === 0 ? 0 : -1, wantedErrno, (at, answered) => {
    const frame = newRequest(new Stack(0, 0, 1, 'LOOKUP'), top);
    wind.lookup(frame, 0, answered, links, locs[at % NAMES]!, xdata);
  });
}

/** Reads of the beginning of an open file. */
export function reads({ links, top }: Graph, fd: Fd, size = READ_SIZE): Batch {
  return batchOf(size, 0, (_, answered) => {
    const frame = newRequest(new Stack(0, 0, 1, 'READ'), top);
    wind.readv(frame, 0, answered, links, fd, size, 0, 0, null);
  });
}

/** An fd of a file that nobody has opened, for leaves that do not ask. */
export const anyFd = ({ inodes }: Graph): Fd => new Fd(inodes.newInode(), 0, 1);
