/**
 * Measures the cost of one call of a translator in each language, in addition to TypeScript's cost.
 * Defines the kinds of calls.
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { ENOENT } from '../../../../runtime/core/errno.ts';
import type { Graph } from '../../../../runtime/core/graph.ts';
import { isMissing, type MissingResult, measureOrExplain } from '../../engine/not-measured.ts';
import { compare, estimate, isTooSpread, subtract } from '../../engine/statistics.ts';
import { type BatchPlan, measureAlternately } from './alternating-batches.ts';
import {
  absentLeaf,
  type GraphEnvironment,
  type LanguageName,
  languages,
  presentLeaf,
  READ_SIZE,
  startModule,
  type Volume,
} from './graphs.ts';
import { type Batch, makeFd, makeLookupBatch, makeReadBatch } from './request-batches.ts';

/** A kind of call: the requests of a batch, and the module that handles them. */
interface CallKind {
  /** Title in the table. */
  readonly title: string;
  readonly help: string;
  /** Name of the module that interpreters run. */
  readonly module: string;
  /** Module for TypeScript and C if they have no equivalent of `module`; default `module`. */
  readonly fallbackModule?: string;
  /** The volume below the module. */
  readonly leaf: Volume;
  makeBatch(graph: Graph): Batch;
}

const PAGE_SIZE = 4096;

/** Makes a dict of ten entries, about as many as lookups have on a volume with many features. */
const makeTenKeyDict = (): Dict =>
  Dict.of(
    Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`key-${i}`, i % 3 === 0 ? `value ${i}` : i]),
    ),
  );

/** Makes a kind for reads of one size. @param title `read 4 KiB` @param size bytes */
const makeReadKind = (title: string, size: number): CallKind => ({
  title,
  help: `a read of ${title.split(' ')[1]} KiB, whose reply the module sees and leaves alone`,
  module: 'read',
  leaf: presentLeaf,
  makeBatch: (graph) => makeReadBatch(graph, makeFd(graph), size),
});

export const kinds = {
  decided: {
    title: 'decided',
    help:
      'a lookup that the module answers itself: it makes a key of folder and name, and finds it in ' +
      'a set, which takes longer than passing it on, to a leaf that answers at once',
    module: 'decided',
    leaf: absentLeaf,
    makeBatch: (graph) => makeLookupBatch(graph, ENOENT),
  },
  passed: {
    title: 'passed on',
    help:
      'a lookup that the module passes on, without a look at it, and does not see again: the least ' +
      'there is',
    module: 'passed',
    leaf: presentLeaf,
    makeBatch: (graph) => makeLookupBatch(graph),
  },
  seen: {
    title: 'seen again',
    help: 'a lookup that the module passes on and sees again in its callback',
    module: 'seen',
    leaf: presentLeaf,
    makeBatch: (graph) => makeLookupBatch(graph),
  },
  awaited: {
    title: 'awaited',
    help: 'a lookup that an async method awaits; in TypeScript and C, the callback',
    module: 'awaited',
    fallbackModule: 'seen',
    leaf: presentLeaf,
    makeBatch: (graph) => makeLookupBatch(graph),
  },
  'read-4k': makeReadKind('read 4 KiB', PAGE_SIZE),
  'read-128k': makeReadKind('read 128 KiB', READ_SIZE),
  dict: {
    title: 'dict of 10',
    help: 'a lookup with a dict of ten pairs, of which the module reads one',
    module: 'dict',
    leaf: presentLeaf,
    makeBatch: (graph) => makeLookupBatch(graph, 0, makeTenKeyDict()),
  },
} as const satisfies Record<string, CallKind>;

export type KindName = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as KindName[];

/** The cost of a call in nanoseconds: the median of the rounds. */
export interface Cost {
  readonly median: number;
  /** The lowest and the highest round. */
  readonly low: number;
  readonly high: number;
  /** True if the rounds lie too far apart for a conclusion. */
  readonly doubtful: boolean;
}

export interface CallCosts {
  readonly kind: KindName;
  /** Cost of one call in TypeScript, including the whole request. */
  readonly typescript: Cost | MissingResult;
  /** Cost in each language minus TypeScript's in the same round. */
  readonly over: Readonly<Partial<Record<LanguageName, Cost | MissingResult>>>;
}

const BASE_LANGUAGE: LanguageName = 'typescript';

/** Microseconds per call for each language, by round, or the reason why they are missing. */
export type CallRounds = ReadonlyMap<LanguageName, readonly number[] | MissingResult>;

/**
 * Measures one kind of call in these languages and in TypeScript, in alternation.
 * @throws {NotMeasured} for a wrong reply
 */
export async function measureRounds(
  environment: GraphEnvironment,
  name: KindName,
  wantedLanguages: readonly LanguageName[],
  plan: BatchPlan,
): Promise<CallRounds> {
  const { module, leaf, makeBatch, fallbackModule }: CallKind = kinds[name];
  const graphs = new Map<LanguageName, Graph | MissingResult>();
  for (const language of [
    BASE_LANGUAGE,
    ...wantedLanguages.filter((language) => language !== BASE_LANGUAGE),
  ]) {
    const moduleName = languages[language].isHosted ? module : (fallbackModule ?? module);
    graphs.set(
      language,
      await measureOrExplain(() => startModule(environment, language, moduleName, leaf)),
    );
  }
  const started = [...graphs].filter(
    (entry): entry is [LanguageName, Graph] => !isMissing(entry[1]),
  );
  try {
    const variants = Object.fromEntries(
      started.map(([language, graph]) => [language, makeBatch(graph)]),
    );
    const series = await measureAlternately(environment, variants, plan);
    return new Map(
      [...graphs].map(([language, graph]) => [
        language,
        isMissing(graph) ? graph : series[language]!,
      ]),
    );
  } finally {
    for (const [, graph] of started) await graph.stop();
  }
}

/** Measures one kind of call, and returns the costs. @throws {NotMeasured} for a wrong reply */
export async function measureCosts(
  environment: GraphEnvironment,
  kind: KindName,
  wantedLanguages: readonly LanguageName[],
  plan: BatchPlan,
): Promise<CallCosts> {
  const rounds = await measureRounds(environment, kind, wantedLanguages, plan);
  const base = convertToNs(rounds.get(BASE_LANGUAGE)!);
  if (isMissing(base)) return { kind, typescript: base, over: {} };
  const over: Partial<Record<LanguageName, Cost | MissingResult>> = {};
  for (const language of Object.keys(languages) as LanguageName[]) {
    const languageRounds = rounds.get(language);
    if (language === BASE_LANGUAGE || languageRounds === undefined) continue;
    const costs = convertToNs(languageRounds);
    over[language] = isMissing(costs) ? costs : compare(costs, base, subtract);
  }
  return { kind, typescript: { ...estimate(base), doubtful: isTooSpread(base) }, over };
}

const NS_PER_US = 1000;

const convertToNs = (
  rounds: readonly number[] | MissingResult,
): readonly number[] | MissingResult =>
  isMissing(rounds) ? rounds : rounds.map((us) => us * NS_PER_US);
