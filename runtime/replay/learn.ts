/**
 * Applies replies to the table of a graph in which a recording is replayed, and learns by which gfids and
 * offsets the recording calls what they brought.
 */
import { applyReply, inodeOf } from '../core/apply-reply.ts';
import type { Fd } from '../core/fd.ts';
import type { FopRow } from '../core/fops.ts';
import type { Gfid } from '../core/gfid.ts';
import type { Dirent } from '../core/iatt.ts';
import type { EntrySeen, ListSeen, StructSeen } from '../observe/values.ts';
import type { Objects } from './objects.ts';
import type { Answer } from './seen.ts';

export interface Answered {
  readonly row: FopRow;
  readonly args: readonly unknown[];
  readonly opRet: number;
  readonly opErrno: number;
  readonly values: unknown[];
}

/** @param then what was answered in the recording, if anything was */
export function learn(objects: Objects, answered: Answered, then: Answer | null): void {
  const { row, args, opRet, opErrno, values } = answered;
  applyReply(row, args, opRet, opErrno, values);
  if (opRet < 0) return;
  const linked = inodeOf(row, values);
  if (linked !== null) {
    objects.learn(linked.gfid, linked);
    const was = then?.reply.buf as StructSeen | null | undefined;
    if (then !== null && then.opRet >= 0 && was) objects.learn(was.iaGfid as Gfid, linked);
  } else if (row.reply[0]?.type === 'entries') {
    const were = then?.reply.entries as ListSeen<EntrySeen> | null | undefined;
    learnEntries(objects, args[0] as Fd, (values[0] ?? []) as readonly Dirent[], were?.items ?? []);
  }
}

function learnEntries(
  objects: Objects,
  fd: Fd,
  entries: readonly Dirent[],
  were: readonly EntrySeen[],
): void {
  const byName = new Map(were.map((entry) => [entry.name, entry]));
  for (const { name, off, inode } of entries) {
    const was = byName.get(name);
    if (was !== undefined) objects.learnOffset(fd, was.off, off);
    if (inode === null) continue;
    objects.learn(inode.gfid, inode);
    if (was !== undefined) objects.learn(was.gfid, inode);
  }
}
