/** Counts the requests of a graph, and those that arrived at its storage. */
import { CHANGE_FOPS, ENTRY_FOPS } from '../../../runtime/api/watch.ts';
import { fops } from '../../../runtime/core/fops.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import type { Observer } from '../../../runtime/core/observer.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { Counters } from './protocol.ts';

/** Fops that change a file or a name. */
const CHANGING_FOPS: ReadonlySet<string> = new Set([
  ...[...CHANGE_FOPS, 'xattrop', 'fxattrop', 'icreate'],
  ...ENTRY_FOPS,
]);
/** `wind` returns this for requests that change the storage, so that `unwind` gets the replies. */
const CHANGE_TOKEN = {};

/** Names of fops by their numbers, by which observers get them. */
const fopNames = new Map(fops.map(({ number, name }) => [number, name]));

/** Counts the requests that arrive at the top of a graph, and at its lowest volumes. */
export class RequestCounts implements Observer {
  /** Whether a request has changed the storage. */
  hasChanged = false;
  /** Whether requests are counted; false during the playground's own requests. */
  isCounting = true;
  private readonly byFop = new Map<string, [requests: number, storageRequests: number]>();
  private waitedMs = 0;

  /** Adds virtual time that a caller has waited. */
  addWait(ms: number): void {
    this.waitedMs += ms;
  }

  /** The counts so far. */
  get counters(): Counters {
    const countsByFop = [...this.byFop].sort(([a], [b]) => (a < b ? -1 : 1));
    const sum = (countIndex: 0 | 1): number =>
      countsByFop.reduce((total, [, counts]) => total + counts[countIndex], 0);
    return {
      requestCount: sum(0),
      storageCount: sum(1),
      waitedMs: Math.round(this.waitedMs * 1000) / 1000,
      byFop: Object.fromEntries(countsByFop.map(([fop, counts]) => [fop, [...counts] as const])),
    };
  }

  /** Observes the fops of the top, and those that the lowest volumes define. */
  wantsFop(xl: Xlator, _fop: string, defines: boolean): boolean {
    return (defines && xl.below.length === 0) || xl.above.length === 0;
  }

  wantsRequest(): boolean {
    return true;
  }

  wind(_frame: Frame, xl: Xlator, fop: number): object | null {
    if (!this.isCounting) return null;
    const name = fopNames.get(fop)!;
    if (xl.above.length === 0) this.findCounts(name)[0] += 1;
    if (xl.below.length > 0) return null;
    this.findCounts(name)[1] += 1;
    return CHANGING_FOPS.has(name) ? CHANGE_TOKEN : null;
  }

  unwind(_change: object, opRet: number): void {
    this.hasChanged ||= opRet >= 0;
  }

  wantsNotes(): boolean {
    return false;
  }

  // Events, log lines and notes are not counted.
  notify(): void {}
  noteLogLine(): void {}
  addNotes(): void {}

  /** Finds or adds the counts of a fop, which the caller may increase. */
  private findCounts(fop: string): [number, number] {
    const counts = this.byFop.get(fop) ?? [0, 0];
    this.byFop.set(fop, counts);
    return counts;
  }
}
