/**
 * Winds a create so that the calling translator can check a file that exists already. The kernel sends a create for a
 * name that it believes absent, but another client may have created the file meanwhile. So the create is wound with
 * O_EXCL; if the name exists, the file is looked up, and the translator decides.
 *
 * The translator passes two callbacks: `onCreate` gets the reply to the create; `onExisting` gets the existing file,
 * and unwinds the frame or winds the create on unchanged (`tail.create`). Until then, `frame.local` belongs to this
 * file.
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

/** The callbacks of the calling translator, and the keys that they need. */
export interface Creation<P> {
  readonly onCreate: Cbk<'create', P>;
  readonly onExisting: (
    frame: Frame,
    xl: Xlator<P>,
    args: CreateArgs,
    existing: ExistingFile,
  ) => void;
  /** The xdata of the lookup of an existing file, for keys that `onExisting` needs. */
  readonly lookupKeys: Dict | null;
}

/** The state in `frame.local` while the request is under way. */
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
  const isExisting = opRet < 0 && opErrno === EEXIST;
  // If the client itself has set O_EXCL, EEXIST is the reply that it wants.
  if (isExisting && (args[1] & O_EXCL) === 0) {
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
