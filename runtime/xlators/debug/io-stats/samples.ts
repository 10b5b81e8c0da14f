/**
 * Every n-th request, kept until they are written: when, which fop, how long, who.
 *
 * A line is GlusterFS's: `SECONDS.MICROS,PRIORITY,FOP,NANOSECONDS,NAME,N/A,UID,GID,HOST,PORT`. Users are
 * numbers here, and there is neither host nor port.
 *
 * Source: GlusterFS `xlators/debug/io-stats/src/io-stats.c`, `collect_ios_latency_sample`;
 * `fop_enum_to_pri_string`.
 */
import { findFop } from '../../../core/fops.ts';
import { logNames } from './counters.ts';

/** In which queue of io-threads a fop waits there. Others are UNKNOWN. */
const queues = {
  HIGH:
    'open stat fstat lookup access readlink opendir statfs readdir readdirp getactivelk ' +
    'setactivelk icreate namelink',
  NORMAL:
    'create flush lk inodelk finodelk entrylk fentrylk unlink setattr fsetattr mknod mkdir rmdir ' +
    'symlink rename link setxattr getxattr fgetxattr fsetxattr removexattr fremovexattr ipc lease',
  LOW:
    'readv writev fsync truncate ftruncate fsyncdir xattrop fxattrop rchecksum zerofill fallocate ' +
    'seek',
  LEAST: 'getspec discard',
};

const priorities = new Map(
  Object.entries(queues).flatMap(([queue, names]) =>
    names.split(' ').map((name) => [findFop(name)!.number, queue] as const),
  ),
);

export class Samples {
  private readonly every: number;
  private readonly size: number;
  private readonly fop: Uint8Array;
  private readonly begun: Float64Array;
  private readonly took: Float64Array;
  private readonly uid: Uint32Array;
  private readonly gid: Uint32Array;
  private seen = 0;
  private kept = 0;

  /** @param every of so many requests one @param size how many are kept; newer ones replace the oldest */
  constructor(every: number, size: number) {
    this.every = every;
    this.size = size;
    this.fop = new Uint8Array(size);
    this.begun = new Float64Array(size);
    this.took = new Float64Array(size);
    this.uid = new Uint32Array(size);
    this.gid = new Uint32Array(size);
  }

  /** Whether the next request is one. */
  next(): boolean {
    this.seen += 1;
    return (this.seen - 1) % this.every === 0;
  }

  /** @param begun as `LogSink.now` @param ns how long it took */
  add(fop: number, begun: number, ns: number, uid: number, gid: number): void {
    const at = this.kept % this.size;
    this.kept += 1;
    this.fop[at] = fop;
    this.begun[at] = begun;
    this.took[at] = ns;
    this.uid[at] = uid;
    this.gid[at] = gid;
  }

  /** The lines of all that are kept, the oldest first; none are kept then. `id` is the volume's. */
  take(id: string): string[] {
    const count = Math.min(this.kept, this.size);
    const lines: string[] = [];
    for (let i = this.kept - count; i < this.kept; i++) lines.push(this.line(i % this.size, id));
    this.kept = 0;
    return lines;
  }

  private line(at: number, id: string): string {
    const micros = Math.round(this.begun[at]! * 1000);
    const fraction = String(micros % 1_000_000).padStart(6, '0');
    const fop = this.fop[at]!;
    return [
      `${Math.floor(micros / 1_000_000)}.${fraction}`,
      priorities.get(fop) ?? 'UNKNOWN',
      logNames.get(fop)!,
      Math.round(this.took[at]!),
      id,
      'N/A',
      this.uid[at]!,
      this.gid[at]!,
      'Unknown',
      'Unknown',
    ].join(',');
  }
}
