/**
 * Counts replies, errors and latencies by volume and fop: an observer that stores no events, for statistics.
 *
 *   const end = graph.observe(new Meter(graph.context));
 */
import type { Context } from '../core/context.ts';
import { fops } from '../core/fops.ts';
import type { Frame, Stack } from '../core/frame.ts';
import { Histogram } from '../core/histogram.ts';
import type { Observer } from '../core/observer.ts';
import type { Xlator } from '../core/xlator.ts';

/** The counts of one fop at one volume. */
export class FopMeter {
  /** Replies with a negative op_ret. */
  errors = 0;
  readonly latencies = new Histogram();
}

/** An arrival of a fop at a volume, until its reply. */
class Arrival {
  readonly meter: FopMeter;
  /** The time of the arrival, in monotonic milliseconds. */
  readonly arrivedMs: number;

  constructor(meter: FopMeter, arrivedMs: number) {
    this.meter = meter;
    this.arrivedMs = arrivedMs;
  }
}

const NS_PER_MS = 1e6;

export class Meter implements Observer {
  /** The time at which the meter began, in monotonic milliseconds. */
  readonly startedMs: number;
  private readonly context: Context;
  private readonly isFirst: (xl: Xlator) => boolean;
  /** The counts by the volume's id and the fop's number. */
  private readonly volumes: (FopMeter | undefined)[][] = [];

  /**
   * @param isFirst whether a volume is the first that requests reach; its fops are counted even where it only passes
   * them on
   */
  constructor(context: Context, isFirst: (xl: Xlator) => boolean = () => false) {
    this.context = context;
    this.isFirst = isFirst;
    this.startedMs = context.now();
  }

  /** Returns the counts of a volume by the fops' log names. */
  listFopMeters({ id }: Xlator): ReadonlyMap<string, FopMeter> {
    const metersByName = new Map<string, FopMeter>();
    for (const { number, logName } of fops) {
      const meter = this.volumes[id]?.[number];
      if (meter !== undefined) metersByName.set(logName, meter);
    }
    return metersByName;
  }

  wantsFop(xl: Xlator, _fop: string, isDefined: boolean): boolean {
    return isDefined || this.isFirst(xl);
  }

  wantsRequest(_root: Stack): boolean {
    return true;
  }

  wind(_frame: Frame, { id }: Xlator, fop: number): Arrival {
    this.volumes[id] ??= [];
    const meters = this.volumes[id];
    meters[fop] ??= new FopMeter();
    return new Arrival(meters[fop], this.context.now());
  }

  unwind(hop: object, opRet: number): void {
    const { meter, arrivedMs } = hop as Arrival;
    if (opRet < 0) meter.errors += 1;
    meter.latencies.add((this.context.now() - arrivedMs) * NS_PER_MS);
  }

  wantsNotes(): boolean {
    return false;
  }

  notify(): void {}
  noteLogLine(): void {}
  addNotes(): void {}
}
