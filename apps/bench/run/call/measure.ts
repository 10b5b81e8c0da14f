/**
 * Defines the kinds of calls of `glossa bench call`, and measures what one call costs in each
 * variant, over TypeScript. A variant is a language, or C through a second FFI library.
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { ENOENT } from '../../../../runtime/core/errno.ts';
import type { Graph } from '../../../../runtime/core/graph.ts';
import { isMissing, type MissingResult, WrongAnswers } from '../../engine/measurement-error.ts';
import { compare, estimate, isTooSpread, subtract } from '../../engine/statistics.ts';
import {
  absentLeaf,
  type GraphEnvironment,
  presentLeaf,
  READ_SIZE,
  startModuleGraph,
  type VariantName,
  type VolumeSpec,
  variants,
} from './graphs.ts';
import {
  type Batch,
  type BatchPlan,
  type CallRounds,
  makeFd,
  makeLookupBatch,
  makeReadBatch,
  measureBatches,
} from './request-batches.ts';

/** A kind of call: the requests of a batch, and the module that handles them. */
interface CallKind {
  /** Title in the table. */
  readonly title: string;
  /** Explanation below the table. */
  readonly help: string;
  /** Name of the module that interpreters run. */
  readonly module: string;
  /** Module for TypeScript and C if they have no equivalent of `module`; default `module`. */
  readonly fallbackModule?: string;
  /** The volume below the module. */
  readonly leaf: VolumeSpec;
  /** Makes the batch of requests through a graph of the module over the leaf. */
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

/** All kinds of calls, by the names that users type. */
export const callKinds = {
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

export type CallKindName = keyof typeof callKinds;
export const callKindNames = Object.keys(callKinds) as CallKindName[];

/** The cost of a call in nanoseconds: the median of the rounds. */
export interface Cost {
  readonly median: number;
  /** The lowest and the highest round. */
  readonly low: number;
  readonly high: number;
  /** Whether the rounds lie too far apart for a conclusion. */
  readonly doubtful: boolean;
}

/** The costs of one kind of call, as in the JSON of `glossa bench call`. */
export interface CallCosts {
  readonly kind: CallKindName;
  /** Cost of one call in TypeScript, including the whole request. */
  readonly typescript: Cost | MissingResult;
  /** The cost of each variant minus TypeScript's in the same round. */
  readonly over: Readonly<Partial<Record<VariantName, Cost | MissingResult>>>;
}

/** The variant with which all others are compared. */
const BASE_VARIANT: VariantName = 'typescript';

/** Measures one kind of call in these variants and in TypeScript, in alternation. */
export function measureCallRounds(
  environment: GraphEnvironment,
  name: CallKindName,
  wantedVariants: readonly VariantName[],
  plan: BatchPlan,
): Promise<CallRounds<VariantName>> {
  const { module, leaf, makeBatch, fallbackModule }: CallKind = callKinds[name];
  const starts = [...new Set([BASE_VARIANT, ...wantedVariants])].map((variant) => {
    const moduleName = variants[variant].isHosted ? module : (fallbackModule ?? module);
    const start = async (own: GraphEnvironment): Promise<Batch> =>
      makeBatch(await startModuleGraph(own, variant, moduleName, leaf));
    return [variant, start] as const;
  });
  return measureBatches(environment, Object.fromEntries(starts) as StartByVariant, plan);
}

type StartByVariant = Record<VariantName, (environment: GraphEnvironment) => Promise<Batch>>;

/** Measures one kind of call, and returns the costs. @throws {WrongAnswers} */
export async function measureCosts(
  environment: GraphEnvironment,
  kind: CallKindName,
  wantedVariants: readonly VariantName[],
  plan: BatchPlan,
): Promise<CallCosts> {
  const rounds = await measureCallRounds(environment, kind, wantedVariants, plan);
  for (const each of rounds.values())
    if (isMissing(each) && each.wrong) throw new WrongAnswers(each.missing);
  const baseNs = convertToNs(rounds.get(BASE_VARIANT)!);
  if (isMissing(baseNs)) return { kind, typescript: baseNs, over: {} };
  const over: Partial<Record<VariantName, Cost | MissingResult>> = {};
  for (const variant of Object.keys(variants) as VariantName[]) {
    const variantRounds = rounds.get(variant);
    if (variant === BASE_VARIANT || variantRounds === undefined) continue;
    const variantNs = convertToNs(variantRounds);
    over[variant] = isMissing(variantNs) ? variantNs : compare(variantNs, baseNs, subtract);
  }
  return { kind, typescript: { ...estimate(baseNs), doubtful: isTooSpread(baseNs) }, over };
}

const NS_PER_US = 1000;

/** Converts microseconds to nanoseconds; returns a missing result unchanged. */
const convertToNs = (
  rounds: readonly number[] | MissingResult,
): readonly number[] | MissingResult =>
  isMissing(rounds) ? rounds : rounds.map((us) => us * NS_PER_US);
