/**
 * A model of the kernel's cache above a graph: contents of replies for their cache times, less
 * those that an UPCALL invalidates.
 */
import { type Dict, timeoutsOf } from '../../runtime/core/dict.ts';
import { ENOENT } from '../../runtime/core/errno.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Dirent, Iatt } from '../../runtime/core/iatt.ts';
import { O_TRUNC } from '../../runtime/core/open-flags.ts';
import type { Fd, Loc } from '../../runtime/core/operands.ts';
import { isUpcall, type Upcall } from '../../runtime/core/upcall.ts';

/** Believed until a time, in milliseconds. */
interface CachedValue<T> {
  readonly value: T;
  readonly until: number;
}

interface Reply {
  readonly opRet: number;
  readonly opErrno: number;
  readonly values: readonly unknown[];
}

/** Fops that make a name, with the index of the new attributes in their replies. */
const makers = new Map<FopName, number>([
  ['create', 2],
  ['mknod', 1],
  ['mkdir', 1],
  ['symlink', 1],
  ['link', 1],
]);

export class KernelModel {
  /** The number of uses of cached replies: a model that never uses one would prove nothing. */
  believed = 0;
  /** The attributes of files, by gfid. */
  private readonly files = new Map<string, CachedValue<string>>();
  /** The gfid of each name in the root; null for an absent name. */
  private readonly names = new Map<string, CachedValue<string | null>>();
  private readonly show: (buf: Iatt) => string;
  private readonly now: () => number;

  /** @param show the compared part of attributes */
  constructor(graph: Graph, now: () => number, show: (buf: Iatt) => string) {
    this.now = now;
    this.show = show;
    graph.listen((event, data) => {
      if (event === 'UPCALL' && isUpcall(data)) this.forget(data);
    });
  }

  /** A reply has left the top. */
  noteReply(fop: FopName, args: readonly unknown[], { opRet, opErrno, values }: Reply): void {
    if (fop === 'lookup') {
      const { name } = args[0] as Loc;
      const [, buf, xdata] = values as [unknown, Iatt, Dict | null];
      if (opRet >= 0) this.cacheEntry(name!, buf, xdata);
      else if (opErrno === ENOENT) this.cacheAbsence(name!, xdata);
      else this.names.delete(name!);
    } else if (opRet < 0) return;
    // The kernel itself knows what its own write and open with O_TRUNC change. Source: Linux, fs/fuse/file.c.
    else if (fop === 'writev') this.files.delete((args[0] as Fd).inode.gfid);
    else if (fop === 'open' && ((args[1] as number) & O_TRUNC) !== 0)
      this.files.delete((args[0] as Loc).inode!.gfid);
    else if (fop === 'stat' || fop === 'fstat') {
      const [buf, xdata] = values as [Iatt, Dict | null];
      this.cacheAttributes(buf, xdata);
    } else if (fop === 'setattr' || fop === 'fsetattr') {
      const [, buf, xdata] = values as [unknown, Iatt, Dict | null];
      this.cacheAttributes(buf, xdata);
    } else if (makers.has(fop)) {
      const { name } = args[fop === 'link' ? 1 : 0] as Loc;
      const [buf, xdata] = [values[makers.get(fop)!] as Iatt, values.at(-1) as Dict | null];
      this.cacheEntry(name!, buf, xdata);
    } else if (fop === 'readdirp') {
      for (const { name, stat, dict } of values[0] as readonly Dirent[]) {
        if (stat !== null && name !== '.' && name !== '..') this.cacheEntry(name, stat, dict);
      }
    }
  }

  /** The cached replies that are wrong by now. */
  findErrors(names: ReadonlyMap<string, string>, files: ReadonlyMap<string, { stat: string }>) {
    const errors: string[] = [];
    for (const [name, { value, until }] of this.names) {
      if (until <= this.now()) continue;
      this.believed += 1;
      const is = names.get(name) ?? null;
      if (is !== value) errors.push(`${name} leads to ${value}, and not to ${is}`);
    }
    for (const [gfid, { value, until }] of this.files) {
      if (until <= this.now() || ![...names.values()].includes(gfid)) continue;
      this.believed += 1;
      const is = files.get(gfid)?.stat;
      if (is !== value) errors.push(`${gfid} is ${value}, and not ${is}`);
    }
    return errors;
  }

  private cacheEntry(name: string, buf: Iatt, xdata: Dict | null): void {
    this.names.set(name, { value: buf.iaGfid, until: this.expiry(timeoutsOf(xdata).entry) });
    this.cacheAttributes(buf, xdata);
  }

  private cacheAttributes(buf: Iatt, xdata: Dict | null): void {
    const until = this.expiry(timeoutsOf(xdata).attribute);
    this.files.set(buf.iaGfid, { value: this.show(buf), until });
  }

  private cacheAbsence(name: string, xdata: Dict | null): void {
    this.names.set(name, { value: null, until: this.expiry(timeoutsOf(xdata).negative) });
  }

  private expiry(seconds = 0): number {
    return this.now() + seconds * 1000;
  }

  private forget(upcall: Upcall): void {
    if (upcall.kind === 'every-entry') this.names.clear();
    else if (upcall.kind === 'inode') this.files.delete(upcall.inode.gfid);
    else this.names.delete(upcall.name);
  }
}
