/**
 * Checks one request before it changes files: reads the state of each file (`retention.ts`), writes its new
 * state, and winds the request on or refuses it with EROFS. The volume sends its own requests as root, as
 * GlusterFS's does.
 */
import { Dict } from '../../../core/dict.ts';
import { EROFS } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { type Frame, Stack } from '../../../core/frame.ts';
import { type FopName, fail, tailArgs, wind } from '../../../core/gen/fops.gen.ts';
import { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import type { Cbk, Xlator } from '../../../core/xlator.ts';
import {
  encodeRetention,
  RETEN_STATE,
  readWormFile,
  STATE_KEYS,
  type Transition,
  type WormFile,
} from './retention.ts';

/** The request, and the files that it would change. */
export interface CheckedRequest {
  /** The request's frame; null for the check after a file was closed, for which no caller waits. */
  readonly frame: Frame | null;
  readonly name: FopName;
  readonly args: readonly unknown[];
  readonly files: readonly (Loc | Fd)[];
  readonly decide: (file: WormFile) => Transition;
}

/** The function that fails a fop which is chosen at run time. */
type AnyFail = (frame: Frame, errno: number) => void;
type NewState = NonNullable<Transition['newState']>;

/** Begins a request of the volume's own, as root. */
export const beginRequest = <P>(xl: Xlator<P>, op: string, local: unknown): Frame => {
  const frame = xl.begin(new Stack(0, 0, 0, op));
  frame.local = local;
  return frame;
};

/** Checks the files of one request in turn: reads a state, decides, writes the new state. */
class RequestCheck {
  private readonly xl: Xlator<unknown>;
  private readonly request: CheckedRequest;
  /** Index of the current file in the request's files; -1 before the first. */
  private fileIndex = -1;
  private currentFile: Loc | Fd | null = null;
  /** The decision about the current file, and the state to store before it takes effect. */
  private isRefused = false;
  private newState: NewState | null = null;

  constructor(xl: Xlator<unknown>, request: CheckedRequest) {
    this.xl = xl;
    this.request = request;
  }

  /** Reads the state of the next file; after the last one, winds the request. */
  readNextFile(): void {
    const { frame, name, args, files } = this.request;
    const [child] = this.xl.children;
    this.fileIndex += 1;
    const file = files[this.fileIndex];
    if (file === undefined) {
      if (frame !== null) tailArgs[name](frame, child!, args);
      return;
    }
    this.currentFile = file;
    if (file instanceof Fd) {
      wind.fstat(beginRequest(this.xl, 'FSTAT', this), 0, fstatCbk, child!, file, STATE_KEYS);
      return;
    }
    const loc = file.inode?.linked ? new Loc(file.inode) : file;
    wind.lookup(beginRequest(this.xl, 'LOOKUP', this), 0, lookupCbk, child!, loc, STATE_KEYS);
  }

  /**
   * Decides by a file's state whether the request is refused. A new state is stored before the request is refused or
   * the next file is read. `file` is null if the file is absent or not protected.
   */
  decideFile(file: WormFile | null): void {
    if (file === null) {
      this.readNextFile();
      return;
    }
    const { isRefused, newState } = this.request.decide(file);
    this.isRefused = isRefused;
    this.newState = newState;
    if (newState === null) {
      this.refuseOrContinue();
      return;
    }
    const dict = new Dict().set(RETEN_STATE, encodeRetention(newState.retention));
    const frame = beginRequest(this.xl, 'SETXATTR', this);
    const [child] = this.xl.children;
    if (this.currentFile instanceof Fd)
      wind.fsetxattr(frame, 0, setStateCbk, child!, this.currentFile, dict, 0, null);
    else wind.setxattr(frame, 0, setStateCbk, child!, this.currentFile!, dict, 0, null);
  }

  /** Addresses the file by its inode from now on: the request's loc may have only its name. */
  setFoundInode(inode: Inode, { iaGfid }: Iatt): void {
    this.currentFile = new Loc(inode, null, null, iaGfid);
  }

  /** Stores the end of the retention, as the file's access time. */
  storeRetentionEnd(): void {
    const attributes = new Iatt();
    attributes.iaAtime = this.newState!.atime;
    const frame = beginRequest(this.xl, 'SETATTR', this);
    const [child] = this.xl.children;
    const { ATIME } = SET_ATTR;
    if (this.currentFile instanceof Fd)
      wind.fsetattr(frame, 0, setTimeCbk, child!, this.currentFile, attributes, ATIME, null);
    else wind.setattr(frame, 0, setTimeCbk, child!, this.currentFile!, attributes, ATIME, null);
  }

  /** Carries out the decision about the current file. */
  refuseOrContinue(): void {
    if (this.isRefused) this.refuse();
    else this.readNextFile();
  }

  /** Fails the request with EROFS; a check without a request just ends. */
  refuse(): void {
    const { frame, name } = this.request;
    if (frame !== null) (fail[name] as AnyFail)(frame, EROFS);
  }
}

/** Ends a request of the volume's own, and returns the check that has sent it. */
function endRequest(frame: Frame, xl: Xlator<unknown>): RequestCheck {
  xl.end(frame.root);
  return frame.local as RequestCheck;
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
  const check = endRequest(frame, xl);
  if (opRet < 0 || inode === null || buf === null) {
    check.decideFile(null);
    return;
  }
  check.setFoundInode(inode, buf);
  check.decideFile(readWormFile(buf, xdata));
};

const fstatCbk: Cbk<'fstat', unknown> = (frame, _cookie, xl, opRet, _errno, buf, xdata) => {
  endRequest(frame, xl).decideFile(opRet < 0 || buf === null ? null : readWormFile(buf, xdata));
};

const setStateCbk = (frame: Frame, _cookie: number, xl: Xlator<unknown>, opRet: number): void => {
  const check = endRequest(frame, xl);
  if (opRet < 0) check.refuse();
  else check.storeRetentionEnd();
};

const setTimeCbk = (frame: Frame, _cookie: number, xl: Xlator<unknown>, opRet: number): void => {
  const check = endRequest(frame, xl);
  if (opRet < 0) check.refuse();
  else check.refuseOrContinue();
};

/** Checks a request, then winds it or fails it with EROFS. */
export const checkRequest = (xl: Xlator<unknown>, request: CheckedRequest): void =>
  new RequestCheck(xl, request).readNextFile();
