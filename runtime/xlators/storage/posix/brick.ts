/** A brick: the directory on disk that a volume serves, and what is needed to do so. */
import { readFileSync } from 'node:fs';
import { type Context, newGfid } from '../../../core/context.ts';
import { type Gfid, ROOT_GFID } from '../../../core/gfid.ts';
import { Dirents, Iovec, Statx, Timespecs } from '../../../sys/struct.ts';
import { derivedGfid, GfidStore } from './gfids.ts';
import { Handle, Handles, look } from './handles.ts';
import { Identity } from './identity.ts';
import { EMPTY } from './paths.ts';

/** Where GlusterFS keeps its own files in a brick: nobody's business. */
const PRIVATE_NAME = '.glusterfs';
/** The part of the process's descriptors that handles may take. */
const HANDLE_SHARE = 0.5;
/** What the kernel grants every process at least. */
const FALLBACK_NOFILE = 1024;

export class Brick {
  readonly context: Context;
  /** As given, for messages. */
  readonly directory: string;
  readonly handleLimit: number;
  readonly handles: Handles;
  readonly root: Handle;
  readonly gfids: GfidStore;
  readonly identity = new Identity();
  /** Open files and directories. */
  openFds = 0;
  // Memory of system calls, used again by each.
  readonly st = new Statx();
  readonly times = new Timespecs();
  readonly iovec = new Iovec(1);
  readonly dirents = new Dirents();

  /** Takes over `rootFd`, an O_PATH descriptor of the directory. */
  constructor(context: Context, directory: string, rootFd: number, handleLimit: number) {
    this.context = context;
    this.directory = directory;
    this.handleLimit = handleLimit;
    this.handles = new Handles(this);
    this.gfids = new GfidStore(rootFd);
    look(this, rootFd, EMPTY);
    this.root = new Handle(ROOT_GFID, this.st);
    this.handles.add(this.root);
    this.handles.opened(this.root, rootFd);
  }

  /** Whether a name of this directory is none of the volume's. */
  hides(dir: Handle, name: string): boolean {
    return dir === this.root && name === PRIVATE_NAME;
  }

  /**
   * The gfid of an inode that is not known yet, which `fd` is open on and `st` describes. A gfid
   * that another inode has already came here with a copy of its attributes: the newcomer gets its
   * own.
   */
  gfidOf(fd: number, wanted: Gfid | null, isNew: boolean): Gfid {
    const { gfids, handles } = this;
    const stored = isNew ? null : gfids.read(fd);
    if (stored !== null && handles.find(stored) === undefined) return stored;
    const isFree = wanted !== null && handles.find(wanted) === undefined;
    const gfid = isFree ? wanted : newGfid(this.context);
    return gfids.write(fd, gfid, stored !== null) ? gfid : derivedGfid(this.st);
  }

  close(): void {
    this.handles.dropAll();
  }
}

/** How many handles may be open, by the process's limit of descriptors. */
export function defaultHandleLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const soft = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? FALLBACK_NOFILE);
  return Math.floor(soft * HANDLE_SHARE);
}
