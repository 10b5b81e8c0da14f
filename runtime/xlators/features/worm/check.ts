/**
 * Checks one request before it changes files: reads the state of each file (`retention.ts`), writes its new
 * state, and winds the request on or refuses it with EROFS. The volume sends its own requests as root, as
 * GlusterFS's does.
 */
import { Dict } from '../../../core/dict.ts';
import { EROFS } from '../../../core/errno.ts';
import { Fd } from '../../../core/fd.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { type Frame, Stack } from '../../../core/frame.ts';
import { type FopName, fail, wind } from '../../../core/gen/fops.gen.ts';
import { tailArgs } from '../../../core/gen/generic.gen.ts';
import { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { Loc } from '../../../core/loc.ts';
import type { Cbk, Xlator } from '../../../core/xlator.ts';
import {
  encodeRetention,
  RETEN_STATE,
  STATE_KEYS,
  type Transition,
  type WormFile,
  wormFileOf,
} from './retention.ts';

/** The request, and the files that it would change. */
export interface Checked {
  /** Null for a release, of which nothing waits. */
  readonly frame: Frame | null;
  readonly name: FopName;
  readonly args: readonly unknown[];
  readonly files: readonly (Loc | Fd)[];
  readonly decide: (file: WormFile) => Transition;
}

type AnyFail = (frame: Frame, errno: number) => void;
type Becomes = NonNullable<Transition['becomes']>;

/** A request of the volume's own. */
export const begin = <P>(xl: Xlator<P>, op: string, local: unknown): Frame => {
  const frame = xl.begin(new Stack(0, 0, 0, op));
  frame.local = local;
  return frame;
};

class Check {
  private readonly xl: Xlator<unknown>;
  private readonly checked: Checked;
  private at = -1;
  private of: Loc | Fd | null = null;
  private isRefused = false;
  private becomes: Becomes | null = null;

  constructor(xl: Xlator<unknown>, checked: Checked) {
    this.xl = xl;
    this.checked = checked;
  }

  next(): void {
    const { frame, name, args, files } = this.checked;
    const [child] = this.xl.children;
    this.at += 1;
    const file = files[this.at];
    if (file === undefined) {
      if (frame !== null) tailArgs[name](frame, child!, args);
      return;
    }
    this.of = file;
    if (file instanceof Fd) {
      wind.fstat(begin(this.xl, 'FSTAT', this), 0, fstatCbk, child!, file, STATE_KEYS);
      return;
    }
    const loc = file.inode?.linked ? new Loc(file.inode) : file;
    wind.lookup(begin(this.xl, 'LOOKUP', this), 0, lookupCbk, child!, loc, STATE_KEYS);
  }

  /** @param file null if the file does not exist or is not protected */
  read(file: WormFile | null): void {
    if (file === null) {
      this.next();
      return;
    }
    const { isRefused, becomes } = this.checked.decide(file);
    this.isRefused = isRefused;
    this.becomes = becomes;
    if (becomes === null) {
      this.decided();
      return;
    }
    const dict = new Dict().set(RETEN_STATE, encodeRetention(becomes.retention));
    const frame = begin(this.xl, 'SETXATTR', this);
    const [child] = this.xl.children;
    if (this.of instanceof Fd) wind.fsetxattr(frame, 0, setCbk, child!, this.of, dict, 0, null);
    else wind.setxattr(frame, 0, setCbk, child!, this.of!, dict, 0, null);
  }

  found(inode: Inode, { iaGfid }: Iatt): void {
    this.of = new Loc(inode, null, null, iaGfid);
  }

  setTime(): void {
    const to = new Iatt();
    to.iaAtime = this.becomes!.atime;
    const frame = begin(this.xl, 'SETATTR', this);
    const [child] = this.xl.children;
    const { ATIME } = SET_ATTR;
    if (this.of instanceof Fd) wind.fsetattr(frame, 0, timeCbk, child!, this.of, to, ATIME, null);
    else wind.setattr(frame, 0, timeCbk, child!, this.of!, to, ATIME, null);
  }

  decided(): void {
    if (this.isRefused) this.refuse();
    else this.next();
  }

  refuse(): void {
    const { frame, name } = this.checked;
    if (frame !== null) (fail[name] as AnyFail)(frame, EROFS);
  }
}

function ended(frame: Frame, xl: Xlator<unknown>): Check {
  xl.end(frame.root);
  return frame.local as Check;
}

const lookupCbk: Cbk<'lookup', unknown> = (
  frame,
  _cookie,
  xl,
  opRet,
  _errno,
  inode,
  buf,
  xdata,
) => {
  const check = ended(frame, xl);
  if (opRet < 0 || inode === null || buf === null) {
    check.read(null);
    return;
  }
  check.found(inode, buf);
  check.read(wormFileOf(buf, xdata));
};

const fstatCbk: Cbk<'fstat', unknown> = (frame, _cookie, xl, opRet, _errno, buf, xdata) => {
  ended(frame, xl).read(opRet < 0 || buf === null ? null : wormFileOf(buf, xdata));
};

const setCbk = (frame: Frame, _cookie: number, xl: Xlator<unknown>, opRet: number): void => {
  const check = ended(frame, xl);
  if (opRet < 0) check.refuse();
  else check.setTime();
};

const timeCbk = (frame: Frame, _cookie: number, xl: Xlator<unknown>, opRet: number): void => {
  const check = ended(frame, xl);
  if (opRet < 0) check.refuse();
  else check.decided();
};

export const check = (xl: Xlator<unknown>, checked: Checked): void => new Check(xl, checked).next();
