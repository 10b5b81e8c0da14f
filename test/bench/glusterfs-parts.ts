/**
 * Builds experiments that compare glossa with GlusterFS's own client on the same bricks: single
 * calls, and data.
 */
import type { Placement } from '../../apps/bench/engine/placement.ts';
import type { Bench } from './bench.ts';
import { type BrickMount, type BrickSetup, makeBrickMounts } from './brick-mounts.ts';
import { type Load, makeCallExperiment, type Operation } from './calls.ts';
import { type Amount, runDataExperiment } from './data.ts';
import { type Bars, runExperiment } from './experiment.ts';
import type { Report } from './table.ts';

/** Placements with pinned processes; unpinned ones may move in each round. */
export const PLACES: readonly Placement[] = ['same', 'different'];

/** Timeouts with which the kernel caches nothing, so that each call is a request. */
export const UNCACHED = { entry: 0, attribute: 0, negative: 0 };

/** Loads of single calls. */
export const CALL_LOADS = {
  full: { rounds: 9, count: 3000, warm: 20_000 },
  quick: { rounds: 3, count: 500, warm: 3_000 },
} as const satisfies Record<string, Load>;

/** Loads of `ls -l`: ten thousand files a call. */
export const LIST_LOADS = {
  full: { rounds: 5, count: 3, warm: 2, names: 10_000, before: 0, keeps: true },
  quick: { rounds: 2, count: 1, warm: 1, names: 1000, before: 0, keeps: true },
} as const satisfies Record<string, Load>;

export const makeBars = (same: Bars['same'], different = same): Bars => ({
  same,
  different,
  free: null,
});

export interface CallPart {
  readonly what: string;
  readonly operation: Operation;
  /** The bars of each mount, with its name beside GlusterFS. */
  readonly held: Readonly<
    Partial<Record<BrickMount, { readonly name: string; readonly bars: Bars }>>
  >;
  readonly bricks: BrickSetup;
  readonly full?: Load;
  readonly quick?: Load;
}

/** Whether a part measures a mount. */
const measures = ({ mounts }: BrickSetup, mount: BrickMount): boolean =>
  mounts?.includes(mount) ?? true;

const figureNames: Readonly<Record<BrickMount, string>> = {
  glossa: "glossa's client / GlusterFS's",
  asleep: "glossa's client, --busy-poll 0 / GlusterFS's",
  glusterfs: '',
  onGlossa: "GlusterFS's client on glossa's brick / on its own",
  glossaOnly: "glossa's client and brick / GlusterFS's",
  plain: "glossa's client, nothing above / GlusterFS's",
  relay: "C, which only asks the brick / GlusterFS's client",
};

/** Makes the bars of mounts beside GlusterFS. */
export const makeHeld = (held: Readonly<Partial<Record<BrickMount, Bars>>>): CallPart['held'] =>
  Object.fromEntries(
    (Object.keys(held) as BrickMount[]).map((mount) => [
      mount,
      { name: figureNames[mount], bars: held[mount]! },
    ]),
  );

/** Adds glossa with --busy-poll 0, as GlusterFS's client does not wait awake either. */
const addAsleep = (held: CallPart['held'], bricks: BrickSetup): CallPart['held'] =>
  held.glossa === undefined || !measures(bricks, 'asleep')
    ? held
    : { ...held, asleep: { ...held.glossa, name: `${held.glossa.name}, --busy-poll 0` } };

/** Makes a part of single calls. */
export const makeCallPart =
  ({
    what,
    operation,
    held: ownHeld,
    bricks,
    full = CALL_LOADS.full,
    quick = CALL_LOADS.quick,
  }: CallPart) =>
  (bench: Bench): Promise<Report> => {
    const held = addAsleep(ownHeld, bricks);
    return runExperiment(
      bench,
      makeCallExperiment<BrickMount>({
        what,
        operation,
        places: PLACES,
        load: bench.quick ? quick : full,
        targets: makeBrickMounts(bricks),
        first: 'glusterfs',
        firstTitle: 'GlusterFS',
        held: (Object.keys(held) as BrickMount[]).map((mine) => ({
          what: `${what}: ${held[mine]!.name}`,
          mine,
          other: 'glusterfs',
          bars: held[mine]!.bars,
        })),
      }),
    );
  };

export interface DataPart<K extends string> {
  readonly what: string;
  /** The unit. */
  readonly unitText: string;
  /** Requests in a round of a full run, and of a quick one. */
  readonly count: { readonly full: number; readonly quick: number };
  readonly amounts: Readonly<Record<K, Amount>>;
  readonly bars: Bars;
  readonly bricks: BrickSetup;
  /** Bars of GlusterFS's client on glossa's brick. */
  readonly onGlossa?: Bars;
  /** Rounds of a full run; default: nine. */
  readonly rounds?: number;
}

/** Makes a part of written and read data. */
export const makeDataPart =
  <K extends string>({ count, bars: glossa, bricks, onGlossa, ...experiment }: DataPart<K>) =>
  (bench: Bench): Promise<Report> =>
    runDataExperiment<BrickMount, K>(bench, {
      ...experiment,
      count: bench.quick ? count.quick : count.full,
      mine: { name: 'glossa', title: 'glossa' },
      targets: makeBrickMounts(bricks),
      places: PLACES,
      references: [{ other: 'glusterfs', title: 'GlusterFS', column: 'GlusterFS', bars: glossa }],
      moreComparisons: [
        ...(measures(bricks, 'asleep')
          ? [{ mine: { name: 'asleep', title: 'glossa, --busy-poll 0' } as const, bars: glossa }]
          : []),
        ...(onGlossa === undefined
          ? []
          : [
              {
                mine: { name: 'onGlossa', title: "GlusterFS's client on glossa's brick" } as const,
                bars: onGlossa,
              },
            ]),
      ],
    });
