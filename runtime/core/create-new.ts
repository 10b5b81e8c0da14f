/**
 * Winds a create that never opens an existing file unchecked. It adds O_EXCL; if the name exists, it looks the
 * file up and the caller decides. A client sends a create for a name that it believes absent, and another
 * client may have created the file meanwhile.
 *
 * Callers pass callbacks: `onCreate` gets every reply to a create. `onExisting` gets the existing file, and unwinds
 * the frame or winds the create on unchanged (`tail.create`). `frame.local` belongs to this module until then.
 */
import type { Dict } from './dict.ts';
import { EEXIST, ENOENT } from './errno.ts';
import type { Frame } from './frame.ts';
import { type FopTable, fail, wind } from './gen/fops.gen.ts';
import type { Iatt } from './iatt.ts';
import type { Inode } from './inode.ts';
import { O_EXCL } from './open-flags.ts';
import type { Cbk, Xlator } from './xlator.ts';

export type CreateArgs = FopTable['create']['args'];

/** The existing file that a create has found. */
export interface ExistingFile {
  readonly inode: Inode;
  readonly buf: Iatt;
  /** The lookup's reply to `Creation.lookupKeys`. */
  readonly xdata: Dict | null;
}

export interface Creation<P> {
  readonly onCreate: Cbk<'create', P>;
  readonly onExisting: (
    frame: Frame,
    xl: Xlator<P>,
    args: CreateArgs,
    existing: ExistingFile,
  ) => void;
  /** Keys for the lookup of an existing file. */
  readonly lookupKeys: Dict | null;
}

interface Attempt<P> {
  readonly creation: Creation<P>;
  readonly args: CreateArgs;
}

/** Winds the create to the first child with O_EXCL added. The callbacks of `creation` get the result. */
export function createNew<P>(
  frame: Frame,
  xl: Xlator<P>,
  args: CreateArgs,
  creation: Creation<P>,
): void {
  const [loc, flags, mode, umask, fd, xdata] = args;
  frame.local = { creation, args } satisfies Attempt<P>;
  const child = xl.children[0]!;
  wind.create(frame, 0, createCbk, child, loc, flags | O_EXCL, mode, umask, fd, xdata);
}

const createCbk: Cbk<'create', unknown> = (frame, cookie, xl, opRet, opErrno, ...reply) => {
  const { args, creation } = frame.local as Attempt<unknown>;
  const exists = opRet < 0 && opErrno === EEXIST;
  // With O_EXCL, the client itself wants EEXIST for an existing file.
  if (exists && (args[1] & O_EXCL) === 0) {
    wind.lookup(frame, 0, lookupCbk, xl.children[0]!, args[0], creation.lookupKeys);
    return;
  }
  frame.local = null;
  creation.onCreate(frame, cookie, xl, opRet, opErrno, ...reply);
};

const lookupCbk: Cbk<'lookup', unknown> = (
  frame,
  _cookie,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
) => {
  const { args, creation } = frame.local as Attempt<unknown>;
  frame.local = null;
  if (opRet >= 0 && inode !== null && buf !== null) {
    creation.onExisting(frame, xl, args, { inode, buf, xdata });
  }
  // Another client has removed the file meanwhile.
  else if (opErrno === ENOENT) createNew(frame, xl, args, creation);
  else fail.create(frame, opErrno);
};
