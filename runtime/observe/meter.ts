/**
 * The meter: an observer that keeps no events, but counts by volume and fop the answers, the errors
 * among them, and how long they took.
 *
 *   const end = graph.observe(new Meter(graph.context));
 */
import type { Context } from '../core/context.ts';
import { fops } from '../core/fops.ts';
import type { Frame, Stack } from '../core/frame.ts';
import { Histogram } from '../core/histogram.ts';
import type { Observer } from '../core/observer.ts';
import type { Xlator } from '../core/xlator.ts';

/** Of one fop at one volume. */
export class FopMeter {
  /** Answers below zero. */
  errors = 0;
  readonly latencies = new Histogram();
}

/** An arrival that has no answer yet. */
class Arrival {
  readonly meter: FopMeter;
  readonly since: number;

  constructor(meter: FopMeter, since: number) {
    this.meter = meter;
    this.since = since;
  }
}

const NS_PER_MS = 1e6;

export class Meter implements Observer {
  /** Monotonic milliseconds, when it began. */
  readonly since: number;
  private readonly context: Context;
  private readonly isFirst: (xl: Xlator) => boolean;
  /** By id of the volume, and number of the fop. */
  private readonly volumes: (FopMeter | undefined)[][] = [];

  /** @param isFirst whether requests come to a volume first: it counts there what is passed on, too */
  constructor(context: Context, isFirst: (xl: Xlator) => boolean = () => false) {
    this.context = context;
    this.isFirst = isFirst;
    this.since = context.now();
  }

  /** What it has counted at a volume, by the log names of fops. */
  of({ id }: Xlator): ReadonlyMap<string, FopMeter> {
    const counted = new Map<string, FopMeter>();
    for (const { number, logName } of fops) {
      const meter = this.volumes[id]?.[number];
      if (meter !== undefined) counted.set(logName, meter);
    }
    return counted;
  }

  watches(xl: Xlator, _fop: string, defines: boolean): boolean {
    return defines || this.isFirst(xl);
  }

  samples(_root: Stack): boolean {
    return true;
  }

  wind(_frame: Frame, { id }: Xlator, fop: number): Arrival {
    this.volumes[id] ??= [];
    const meters = this.volumes[id];
    meters[fop] ??= new FopMeter();
    return new Arrival(meters[fop], this.context.now());
  }

  unwind(hop: object, opRet: number): void {
    const { meter, since } = hop as Arrival;
    if (opRet < 0) meter.errors += 1;
    meter.latencies.add((this.context.now() - since) * NS_PER_MS);
  }

  /** It counts: what else there is to tell of a request is nothing to it. */
  follows(): boolean {
    return false;
  }

  notify(): void {}
  logged(): void {}
  note(): void {}
}
