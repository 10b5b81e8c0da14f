/**
 * What an answer tells about inodes and names, as a mount takes it: they are put into the table, and
 * known from then on by what the recording calls them.
 */
import type { Dict } from '../core/dict.ts';
import { moveEntry } from '../core/entries.ts';
import { ENOENT } from '../core/errno.ts';
import type { Fd } from '../core/fd.ts';
import type { FopRow } from '../core/fops.ts';
import type { Gfid } from '../core/gfid.ts';
import type { Dirent, Iatt } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import type { Loc } from '../core/loc.ts';
import type { EntrySeen, ListSeen, StructSeen } from '../observe/read-values.ts';
import { type Objects, placeOf } from './objects.ts';
import type { Answer } from './seen.ts';

export interface Answered {
  readonly row: FopRow;
  readonly args: readonly unknown[];
  readonly opRet: number;
  readonly opErrno: number;
  readonly values: readonly unknown[];
}

/** @param then what was answered in the recording, if anything was */
export function learn(objects: Objects, answered: Answered, then: Answer | null): void {
  const { row, args, opRet, opErrno } = answered;
  if (opRet < 0) {
    const loc = row.name === 'lookup' && opErrno === ENOENT ? placeOf(row, args) : null;
    if (loc !== null) dropName(objects, loc);
    return;
  }
  if (row.name === 'rename') moveEntry(...(args as [Loc, Loc, Dict | null]));
  else if (row.entry.removes !== undefined) dropName(objects, args[0] as Loc);
  else if (row.name === 'readdir' || row.name === 'readdirp') list(objects, answered, then);
  else if (row.reply.some(({ type }) => type === 'inode')) found(objects, answered, then);
}

/** The part of a reply. */
const part = <T>({ row, values }: Answered, name: string): T | null =>
  (values[row.reply.findIndex((arg) => arg.name === name)] ?? null) as T | null;

function found(objects: Objects, answered: Answered, then: Answer | null): void {
  const loc = placeOf(answered.row, answered.args);
  const buf = part<Iatt>(answered, 'buf');
  const inode = part<Inode>(answered, 'inode') ?? loc?.inode ?? null;
  if (loc === null || inode === null || buf === null) return;
  const linked = objects.table.link(inode, loc.parent, loc.name, buf);
  if (linked === null) return;
  objects.learn(linked.gfid, linked);
  const was = then?.reply.buf as StructSeen | null | undefined;
  if (then !== null && then.opRet >= 0 && was) objects.learn(was.iaGfid as Gfid, linked);
}

function list(objects: Objects, answered: Answered, then: Answer | null): void {
  const fd = answered.args[0] as Fd;
  const were = then?.reply.entries as ListSeen<EntrySeen> | null | undefined;
  const byName = new Map(were?.items.map((entry) => [entry.name, entry]));
  for (const { name, off, stat, inode } of part<readonly Dirent[]>(answered, 'entries') ?? []) {
    const was = byName.get(name);
    if (was !== undefined) objects.learnOffset(fd, was.off, off);
    if (stat === null || inode === null) continue;
    const linked = objects.table.link(inode, fd.inode, name, stat);
    if (linked === null) continue;
    objects.learn(linked.gfid, linked);
    if (was !== undefined) objects.learn(was.gfid, linked);
  }
}

function dropName({ table }: Objects, { parent, name }: Loc): void {
  if (parent !== null && name !== null) table.unlink(parent, name);
}
