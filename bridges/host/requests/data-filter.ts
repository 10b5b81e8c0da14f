/**
 * Filters the data of files by a module's methods: handles the fops of data in the module's place. What is stored for
 * them is made by a subclass: `BlockFilter` in blocks, `TransformFilter` byte for byte.
 *
 * Requests about one file take turns (`FileTurns`). What the host itself opens and reads for a request, it does as root,
 * since the caller may be permitted to write only; the change itself is the caller's.
 */
import type { Dict } from '../../../runtime/core/dict.ts';
import { EBADF, EINVAL, EIO, EISDIR, ESTALE } from '../../../runtime/core/errno.ts';
import {
  type FopRow,
  findFop,
  findFopsByData,
  fops as fopTable,
} from '../../../runtime/core/fops.ts';
import { type Frame, makeRequestAs } from '../../../runtime/core/frame.ts';
import {
  collect,
  collectCbk,
  type FopName,
  fail,
  Links,
  unwindArgs,
  windArgs,
} from '../../../runtime/core/gen/fops.gen.ts';
import { type Dirent, IA_IFDIR, IA_IFREG, Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import {
  O_ACCMODE,
  O_APPEND,
  O_RDONLY,
  O_RDWR,
  O_SYNC,
  O_TRUNC,
  O_WRONLY,
} from '../../../runtime/core/open-flags.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import type { Child, Fop, Fops, Xlator } from '../../../runtime/core/xlator.ts';
import { type HostedMethod, ResultError } from '../../../runtime/files/methods.ts';
import { expose } from '../crossing/exposed-inodes.ts';
import type { AnyCbk, AnyWind } from '../crossing/plan.ts';
import { FileTurns } from './file-turns.ts';
import type { HostedMethods } from './hosted-files.ts';
import { MODULE_PID } from './hosted-request.ts';

/** Takes the result of a step: 0, or the errno that ends the fop. */
export type Then<T> = (errno: number, value: T) => void;
/** The parts of a reply, its xdata last. */
type Reply = readonly unknown[];

export const NO_BYTES = new Uint8Array(0);
export const isZeros = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

/** The fops of data, which the host handles or refuses. */
export const DATA_FOPS: readonly FopName[] = [
  ...(['readv', 'writev', 'truncate', 'ftruncate'] as const),
  ...findFopsByData('past', 'extents'),
];

const hasIatt = ({ reply }: FopRow): boolean => reply.some(({ type }) => type === 'iatt');

/** A request about the data of an open file. */
export interface DataRequest {
  readonly frame: Frame;
  /** The caller's. */
  readonly fd: Fd;
  readonly xdata: Dict | null;
}

export interface ReadRequest extends DataRequest {
  readonly size: number;
  readonly offset: number;
  readonly flags: number;
}

export interface WriteRequest extends DataRequest {
  readonly data: Uint8Array;
  /** That of the caller, which one that appends does not mean. */
  readonly offset: number;
  readonly flags: number;
}

export abstract class DataFilter {
  protected readonly xl: Xlator;
  private readonly methods: HostedMethods;
  /** The host's own fds, by those of callers that cannot be read or that append. */
  private readonly ownFds: Map<Fd, Fd>;
  private readonly turns: FileTurns;

  /** @param before the filter of the code before a reload */
  constructor(xl: Xlator, methods: HostedMethods, before: DataFilter | null) {
    this.ownFds = before?.ownFds ?? new Map();
    this.turns = before?.turns ?? new FileTurns();
    this.xl = xl;
    this.methods = methods;
  }

  /** Whether sizes below differ from those that are shown. */
  protected abstract readonly changesSizes: boolean;
  protected abstract toShown(stored: number): number;
  /** Reads data; the reply's parts are those of readv. */
  protected abstract read(request: ReadRequest, then: Then<Reply>): void;
  /** Writes data; the reply's parts are those of writev. */
  protected abstract write(
    request: WriteRequest,
    then: (errno: number, reply: Reply, count?: number) => void,
  ): void;
  /** Sets the size of a file; the reply's parts are those of ftruncate. */
  protected abstract resize(request: DataRequest, size: number, then: Then<Reply>): void;

  /** Makes the fops of the volume: those of data, and those that show sizes. */
  makeFops(ownFops: Fops<unknown>): Fops<unknown> {
    const ownLinks = new Links((name) => ({ xl: this.xl, fop: ownFops[name] as never }));
    const filtered: { [N in FopName]?: Fop<FopName, unknown> } = {};
    const add = (name: FopName, handle: (frame: Frame, args: unknown[]) => void) => {
      filtered[name] = collect[name]((frame, _xl, args) => handle(frame, args)) as Fop<
        FopName,
        unknown
      >;
    };
    const pass = (frame: Frame, name: FopName, args: unknown[], end?: () => void) => {
      // A method of the module's own sees sizes as they are below.
      const child = ownFops[name] === undefined ? this.child : ownLinks;
      this.wind(frame, child, name, args, (opRet, opErrno, reply) => {
        end?.();
        unwindArgs[name](frame, opRet, opErrno, reply);
      });
    };
    for (const row of this.changesSizes ? fopTable : []) {
      const name = row.name as FopName;
      if ((hasIatt(row) || name === 'readdirp') && row.data !== 'past')
        add(name, (frame, args) => pass(frame, name, args));
    }
    add('open', (frame, args) => {
      const [{ inode }, flags] = args as [Loc, number];
      if (inode === null || (flags & O_TRUNC) === 0) pass(frame, 'open', args);
      else this.change(frame, inode, (end) => pass(frame, 'open', args, end));
    });
    const dataFops: Fops<unknown> = {
      readv: (frame, _xl, fd, size, offset, flags, xdata) =>
        this.readv({ frame, fd, size, offset, flags, xdata }),
      writev: (frame, _xl, fd, vector, offset, flags, xdata) =>
        // A copy: the memory of a request is used again.
        this.writev({ frame, fd, data: new Uint8Array(vector), offset, flags, xdata }),
      truncate: (frame, _xl, loc, size, xdata) => this.truncate(frame, loc, size, xdata),
      ftruncate: (frame, _xl, fd, size, xdata) =>
        this.cut('ftruncate', { frame, fd, xdata }, size, () => {}),
    };
    return { ...ownFops, ...filtered, ...dataFops } as Fops<unknown>;
  }

  release(fd: Fd): void {
    this.ownFds.get(fd)?.release();
    this.ownFds.delete(fd);
  }

  protected get child(): Child {
    return this.xl.children[0]!;
  }

  // -- the module --------------------------------------------------------------------------------

  /** Calls a method for data of a file. @param expected the number of bytes that it must return */
  protected convert(
    { frame, fd }: DataRequest,
    method: HostedMethod,
    [a, b]: readonly [number, number],
    data: Uint8Array,
    expected: number,
    then: Then<Uint8Array>,
    check: (made: Uint8Array) => void = () => {},
  ) {
    if (data.length === 0) return then(0, NO_BYTES);
    const handle = expose(fd.inode, this.xl);
    this.methods.call(
      frame,
      { method, path: fd.inode.gfid, text: undefined, a, b, handle, data, fd },
      (errno, value) => then(errno, errno === 0 ? (value as Uint8Array) : NO_BYTES),
      (value) => {
        if (!(value instanceof Uint8Array) || value.length !== expected) {
          const given = value instanceof Uint8Array ? `${value.length} bytes` : 'no bytes';
          throw new ResultError(`returned ${given} for ${data.length}; ${expected} were expected`);
        }
        check(value);
        return value;
      },
    );
  }

  // -- below -------------------------------------------------------------------------------------

  /** Winds a fop; its reply shows sizes. */
  private wind(
    frame: Frame,
    child: Child,
    name: FopName,
    args: readonly unknown[],
    then: (opRet: number, opErrno: number, reply: unknown[]) => void,
  ): void {
    const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, reply) =>
      then(opRet, opErrno, this.changesSizes ? reply.map((part) => this.show(part)) : reply),
    );
    (windArgs[name] as AnyWind)(frame, 0, cbk as AnyCbk, child, args);
  }

  /** Winds a fop for a request, as its caller. */
  protected windFor(
    frame: Frame,
    name: FopName,
    args: readonly unknown[],
    then: (errno: number, reply: unknown[], count: number) => void,
  ): void {
    this.wind(frame, this.child, name, args, (opRet, opErrno, reply) =>
      then(opRet < 0 ? opErrno : 0, reply, opRet),
    );
  }

  /** Winds a fop that the host needs for a request: its caller needs no permission for it. */
  protected windOwn(
    { root }: Frame,
    name: FopName,
    args: readonly unknown[],
    then: Then<unknown[]>,
  ): void {
    const own = { uid: 0, gid: 0, pid: MODULE_PID };
    const call = Object.assign(makeRequestAs(root, findFop(name)!.logName), own);
    this.windFor(this.xl.begin(call), name, args, (errno, reply) => {
      this.xl.end(call);
      then(errno, reply);
    });
  }

  private show(part: unknown): unknown {
    if (part instanceof Iatt)
      return part.iaType !== IA_IFREG
        ? part
        : Object.assign(new Iatt(), part, { iaSize: this.toShown(part.iaSize) });
    // The entries of a listing.
    if (!Array.isArray(part)) return part;
    return (part as Dirent[]).map((entry) => ({ ...entry, stat: this.show(entry.stat) }));
  }

  /** Finds an fd on which any bytes can be read and written: the caller's, or one of the host's own. */
  protected findFd({ frame, fd }: DataRequest, then: Then<Fd>) {
    if ((fd.flags & O_ACCMODE) === O_RDWR && (fd.flags & O_APPEND) === 0) return then(0, fd);
    const known = this.ownFds.get(fd);
    if (known !== undefined) return then(0, known);
    const flags = O_RDWR | (fd.flags & O_SYNC);
    const own = new Fd(fd.inode, flags, MODULE_PID);
    this.windOwn(frame, 'open', [new Loc(fd.inode), flags, own, null], (errno) => {
      const other = this.ownFds.get(fd);
      if (errno !== 0 || other !== undefined) own.release();
      else {
        this.ownFds.set(fd, own);
        // The release of the caller's is that of this one.
        if (fd.ctxGet(this.xl) === undefined) fd.ctxSet(this.xl, this);
      }
      then(other === undefined ? errno : 0, other ?? own);
    });
  }

  /** Reads the attributes, with the size that is shown. */
  protected stat({ frame }: DataRequest, fd: Fd, then: Then<Iatt>) {
    this.windFor(frame, 'fstat', [fd, null], (errno, [buf]) =>
      then(errno === 0 && buf === null ? EIO : errno, buf as Iatt),
    );
  }

  // -- fops --------------------------------------------------------------------------------------

  private change({ root }: Frame, inode: Inode, run: (end: () => void) => void) {
    this.turns.add(inode, { root, isRead: false, run });
  }

  private readv(request: ReadRequest) {
    const { frame, fd, size, offset } = request;
    if ((fd.flags & O_ACCMODE) === O_WRONLY) return fail.readv(frame, EBADF);
    if (size < 0 || offset < 0) return fail.readv(frame, EINVAL);
    const run = (end: () => void) =>
      this.read(request, (errno, reply) => {
        end();
        if (errno !== 0) fail.readv(frame, errno);
        else unwindArgs.readv(frame, (reply[0] as Uint8Array).length, 0, reply);
      });
    this.turns.add(fd.inode, { root: frame.root, isRead: true, run });
  }

  private writev(request: WriteRequest) {
    const { frame, fd, data, offset } = request;
    if ((fd.flags & O_ACCMODE) === O_RDONLY) return fail.writev(frame, EBADF);
    if (offset < 0) return fail.writev(frame, EINVAL);
    this.change(frame, fd.inode, (end) =>
      this.write(request, (errno, reply, count = data.length) => {
        end();
        if (errno !== 0) fail.writev(frame, errno);
        else unwindArgs.writev(frame, count, 0, reply);
      }),
    );
  }

  /** Sets the size of an open file, for one of two fops with the same reply. */
  private cut(
    name: 'truncate' | 'ftruncate',
    request: DataRequest,
    size: number,
    onEnd: () => void,
  ) {
    const { frame, fd } = request;
    if ((fd.flags & O_ACCMODE) === O_RDONLY || size < 0) return fail[name](frame, EINVAL);
    this.change(frame, fd.inode, (end) =>
      this.resize(request, size, (errno, reply) => {
        end();
        onEnd();
        if (errno !== 0) fail[name](frame, errno);
        else unwindArgs[name](frame, 0, 0, reply);
      }),
    );
  }

  /** Cuts a file by an fd that is opened as the caller, who so needs the right to write. */
  private truncate(frame: Frame, loc: Loc, size: number, xdata: Dict | null) {
    const { inode } = loc;
    if (inode === null || !inode.linked) return fail.truncate(frame, ESTALE);
    if (inode.iaType !== IA_IFREG)
      return fail.truncate(frame, inode.iaType === IA_IFDIR ? EISDIR : EINVAL);
    const fd = new Fd(inode, O_WRONLY, frame.root.pid);
    this.windFor(frame, 'open', [loc, O_WRONLY, fd, null], (errno) => {
      if (errno === 0) return this.cut('truncate', { frame, fd, xdata }, size, () => fd.release());
      fd.release();
      fail.truncate(frame, errno);
    });
  }
}
