/** Measures the cost of one call of a translator in each language, relative to TypeScript. */

import { Dict } from '../../../../runtime/core/dict.ts';
import { ENOENT } from '../../../../runtime/core/errno.ts';
import type { Graph } from '../../../../runtime/core/graph.ts';
import { isMissing, type Missing, orMissing } from '../../engine/not-measured.ts';
import { compare, difference, estimate, isErratic } from '../../engine/statistics.ts';
import { anyFd, type Batch, lookups, reads } from './callers.ts';
import {
  absentLeaf,
  type Lab,
  type LanguageName,
  languages,
  presentLeaf,
  READ_SIZE,
  startModule,
  type Volume,
} from './graphs.ts';
import { type Load, measurePairs } from './pairs.ts';

interface Kind {
  /** Title in the table. */
  readonly title: string;
  readonly help: string;
  /** Name of the module; TypeScript and C use an equivalent one where they lack this form. */
  readonly module: string;
  readonly instead?: string;
  readonly below: Volume;
  ask(graph: Graph): Batch;
}

const PAGE = 4096;

/** A dict of ten entries, as lookups carry it on a volume with many features. */
const ten = (): Dict =>
  Dict.of(
    Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`key-${i}`, i % 3 === 0 ? `value ${i}` : i]),
    ),
  );

const readKind = (title: string, size: number): Kind => ({
  title,
  help: `a read of ${title.split(' ')[1]} KiB, whose reply the module sees and leaves alone`,
  module: 'read',
  below: presentLeaf,
  ask: (graph) => reads(graph, anyFd(graph), size),
});

export const kinds = {
  decided: {
    title: 'decided',
    help:
      'a lookup that the module answers itself: it makes a key of folder and name, and finds it in ' +
      'a set, which takes longer than passing it on, to a leaf that answers at once',
    module: 'decided',
    below: absentLeaf,
    ask: (graph) => lookups(graph, ENOENT),
  },
  passed: {
    title: 'passed on',
    help:
      'a lookup that the module passes on, without a look at it, and does not see again: the least ' +
      'there is',
    module: 'passed',
    below: presentLeaf,
    ask: (graph) => lookups(graph),
  },
  seen: {
    title: 'seen again',
    help: 'a lookup that the module passes on and sees again in its callback',
    module: 'seen',
    below: presentLeaf,
    ask: (graph) => lookups(graph),
  },
  awaited: {
    title: 'awaited',
    help: 'a lookup that an async method awaits; in TypeScript and C, the callback',
    module: 'awaited',
    instead: 'seen',
    below: presentLeaf,
    ask: (graph) => lookups(graph),
  },
  'read-4k': readKind('read 4 KiB', PAGE),
  'read-128k': readKind('read 128 KiB', READ_SIZE),
  dict: {
    title: 'dict of 10',
    help: 'a lookup with a dict of ten pairs, of which the module reads one',
    module: 'dict',
    below: presentLeaf,
    ask: (graph) => lookups(graph, 0, ten()),
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as KindName[];

/** Nanoseconds. */
export interface Cost {
  readonly median: number;
  /** The lowest and the highest round. */
  readonly low: number;
  readonly high: number;
  /** The rounds lie too far apart for a conclusion. */
  readonly doubtful: boolean;
}

export interface CallCosts {
  readonly kind: KindName;
  /** Cost of one call in TypeScript, including the whole request. */
  readonly typescript: Cost | Missing;
  /** Additional cost in each language, in the same round. */
  readonly over: Readonly<Partial<Record<LanguageName, Cost | Missing>>>;
}

const NATIVE: LanguageName = 'typescript';

/** Microseconds per call for each language, by round, or the reason why they are missing. */
export type CallRounds = ReadonlyMap<LanguageName, readonly number[] | Missing>;

/**
 * Measures one kind of call in these languages, and in TypeScript, in rounds beside each other.
 * @throws {NotMeasured} for a wrong answer
 */
export async function callRounds(
  lab: Lab,
  name: KindName,
  wanted: readonly LanguageName[],
  load: Load,
): Promise<CallRounds> {
  const { module, below, ask, instead }: Kind = kinds[name];
  const graphs = new Map<LanguageName, Graph | Missing>();
  for (const language of [NATIVE, ...wanted.filter((it) => it !== NATIVE)]) {
    const own = languages[language].hosted ? module : (instead ?? module);
    graphs.set(language, await orMissing(() => startModule(lab, language, own, below)));
  }
  const started = [...graphs].filter((it): it is [LanguageName, Graph] => !isMissing(it[1]));
  try {
    const variants = Object.fromEntries(started.map(([it, graph]) => [it, ask(graph)]));
    const series = await measurePairs(lab, variants, load);
    return new Map([...graphs].map(([it, graph]) => [it, isMissing(graph) ? graph : series[it]!]));
  } finally {
    for (const [, graph] of started) await graph.stop();
  }
}

/** Measures one kind of call, and returns the costs. @throws {NotMeasured} for a wrong answer */
export async function callCosts(
  lab: Lab,
  kind: KindName,
  wanted: readonly LanguageName[],
  load: Load,
): Promise<CallCosts> {
  const rounds = await callRounds(lab, kind, wanted, load);
  const base = inNs(rounds.get(NATIVE)!);
  if (isMissing(base)) return { kind, typescript: base, over: {} };
  const over: Partial<Record<LanguageName, Cost | Missing>> = {};
  for (const language of Object.keys(languages) as LanguageName[]) {
    const mine = rounds.get(language);
    if (language === NATIVE || mine === undefined) continue;
    const own = inNs(mine);
    over[language] = isMissing(own) ? own : compare(own, base, difference);
  }
  return { kind, typescript: { ...estimate(base), doubtful: isErratic(base) }, over };
}

const NS = 1000;

const inNs = (rounds: readonly number[] | Missing): readonly number[] | Missing =>
  isMissing(rounds) ? rounds : rounds.map((us) => us * NS);
