/**
 * A model of the kernel's cache above a graph: contents of replies for their cache times, less
 * those that an UPCALL invalidates.
 */
import type { Dict } from '../../runtime/core/dict.ts';
import { ENOENT } from '../../runtime/core/errno.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Dirent, Iatt } from '../../runtime/core/iatt.ts';
import type { Loc } from '../../runtime/core/loc.ts';
import { timeoutsOf } from '../../runtime/core/timeouts.ts';
import { isUpcall, type Upcall } from '../../runtime/core/upcall.ts';

/** Believed until a time, in milliseconds. */
interface Believed<T> {
  readonly what: T;
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
  /** How often something was believed at all: a model that believes nothing proves nothing. */
  believed = 0;
  /** The attributes of files, by gfid. */
  private readonly files = new Map<string, Believed<string>>();
  /** The gfid of each name in the root; null for an absent name. */
  private readonly names = new Map<string, Believed<string | null>>();
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
  told(fop: FopName, args: readonly unknown[], { opRet, opErrno, values }: Reply): void {
    if (fop === 'lookup') {
      const { name } = args[0] as Loc;
      const [, buf, xdata] = values as [unknown, Iatt, Dict | null];
      if (opRet >= 0) this.entry(name!, buf, xdata);
      else if (opErrno === ENOENT) this.absent(name!, xdata);
      else this.names.delete(name!);
    } else if (opRet < 0) return;
    else if (fop === 'stat' || fop === 'fstat') {
      const [buf, xdata] = values as [Iatt, Dict | null];
      this.attributes(buf, xdata);
    } else if (fop === 'setattr' || fop === 'fsetattr') {
      const [, buf, xdata] = values as [unknown, Iatt, Dict | null];
      this.attributes(buf, xdata);
    } else if (makers.has(fop)) {
      const { name } = args[fop === 'link' ? 1 : 0] as Loc;
      const [buf, xdata] = [values[makers.get(fop)!] as Iatt, values.at(-1) as Dict | null];
      this.entry(name!, buf, xdata);
    } else if (fop === 'readdirp') {
      for (const { name, stat, dict } of values[0] as readonly Dirent[]) {
        if (stat !== null && name !== '.' && name !== '..') this.entry(name, stat, dict);
      }
    }
  }

  /** What it relies on now that is not so. */
  wrong(names: ReadonlyMap<string, string>, files: ReadonlyMap<string, { stat: string }>) {
    const found: string[] = [];
    for (const [name, { what, until }] of this.names) {
      if (until <= this.now()) continue;
      this.believed += 1;
      const is = names.get(name) ?? null;
      if (is !== what) found.push(`${name} leads to ${what}, and not to ${is}`);
    }
    for (const [gfid, { what, until }] of this.files) {
      if (until <= this.now() || ![...names.values()].includes(gfid)) continue;
      this.believed += 1;
      const is = files.get(gfid)?.stat;
      if (is !== what) found.push(`${gfid} is ${what}, and not ${is}`);
    }
    return found;
  }

  private entry(name: string, buf: Iatt, xdata: Dict | null): void {
    this.names.set(name, { what: buf.iaGfid, until: this.until(timeoutsOf(xdata).entry) });
    this.attributes(buf, xdata);
  }

  private attributes(buf: Iatt, xdata: Dict | null): void {
    const until = this.until(timeoutsOf(xdata).attribute);
    this.files.set(buf.iaGfid, { what: this.show(buf), until });
  }

  private absent(name: string, xdata: Dict | null): void {
    this.names.set(name, { what: null, until: this.until(timeoutsOf(xdata).negative) });
  }

  private until(seconds = 0): number {
    return this.now() + seconds * 1000;
  }

  private forget(told: Upcall): void {
    if (told.what === 'every-entry') this.names.clear();
    else if (told.what === 'inode') this.files.delete(told.inode.gfid);
    else this.names.delete(told.name);
  }
}
