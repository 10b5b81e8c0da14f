/**
 * Parses and checks the conditions of `--fail-if`, with which CI fails a run:
 * `python/typescript p50 > 1.2`, `python p99 > 2 ms`. A ratio has no unit; a time or a size must
 * have one. A condition fails the run if it holds in any workload that suits its stacks.
 */
import { formatSuggestion } from '../../../runtime/core/nearest.ts';
import { UsageError } from '../../../terminal/exit.ts';
import {
  computeMedianRatio,
  formatters,
  type MeasureName,
  measureNames,
  measures,
  units,
} from './measures.ts';
import { formatRatio } from './numbers.ts';
import { formatWorkloadTitle } from './placement.ts';
import type { Run, Workload } from './schema.ts';

/** The functions that compare a measured value with the bound of a condition, by operator. */
const operators = {
  '>': (value: number, bound: number) => value > bound,
  '>=': (value: number, bound: number) => value >= bound,
  '<': (value: number, bound: number) => value < bound,
  '<=': (value: number, bound: number) => value <= bound,
} as const;

/** A parsed condition of `--fail-if`. */
export interface Condition {
  /** The condition as the user wrote it, for messages. */
  readonly text: string;
  readonly stack: string;
  /** The stack to divide by; null: the condition is about the measure itself. */
  readonly divisor: string | null;
  readonly measure: MeasureName;
  readonly operator: keyof typeof operators;
  /** A ratio, or a value in the base unit of the measure's kind: see `units`. */
  readonly bound: number;
}

/** Matches a condition. Groups: stack, second stack, measure, operator, number, unit. */
const CONDITION_PATTERN =
  /^([^\s/<>]+)(?:\s*\/\s*([^\s/<>]+))?\s+([\w.-]+)\s*([<>]=?)\s*(\d*\.?\d+)\s*(\S*)$/;

/** Parses a condition about stacks of these names. @throws {UsageError} */
export function parseCondition(condition: string, stacks: readonly string[]): Condition {
  const text = condition.trim();
  const makeInvalidError = (reason: string): UsageError =>
    new UsageError(`--fail-if '${text}': ${reason}`);
  const match = CONDITION_PATTERN.exec(text);
  if (match === null)
    throw makeInvalidError('it is STACK MEASURE > NUMBER UNIT, or STACK/STACK MEASURE > NUMBER');
  const [, stack, divisor = null, measure, operator, number, unit] = match as unknown as [
    ...[string, string, string | undefined, MeasureName, Condition['operator'], string, string],
  ];
  const failIfUnknown = (role: string, name: string, validNames: readonly string[]): void => {
    if (validNames.includes(name)) return;
    const guess = formatSuggestion(name, validNames) || `; there are ${validNames.join(', ')}`;
    throw makeInvalidError(`no ${role} is called '${name}'${guess}`);
  };
  failIfUnknown('stack', stack, stacks);
  if (divisor !== null) failIfUnknown('stack', divisor, stacks);
  failIfUnknown('measure', measure, measureNames);
  const { kind } = measures[measure];
  const isRatio = divisor !== null || kind === 'ratio';
  if (isRatio && unit !== '') throw makeInvalidError(`a ratio has no unit, found '${unit}'`);
  const hasNoUnit = isRatio || (unit === '' && kind === 'rate');
  if (!hasNoUnit) failIfUnknown(`unit of a ${kind}`, unit, Object.keys(units[kind]));
  const bound = Number(number) * (hasNoUnit ? 1 : units[kind][unit]!);
  return { text, stack, divisor, measure, operator, bound };
}

/**
 * Lists a failure for each workload in which the condition holds or its measure is missing. Skips
 * workloads that do not suit the condition's stacks; if all are skipped, that is a failure, too.
 */
export function findFailures(condition: Condition, { workloads }: Run): string[] {
  const { text, stack, divisor, measure, operator, bound } = condition;
  const fittingWorkloads = workloads.filter(
    ({ results }) =>
      !results.some((result) => result.unfit && [stack, divisor].includes(result.stack)),
  );
  if (fittingWorkloads.length === 0) return [`${text}: the run: nothing was measured`];
  const format = divisor === null ? formatters[measures[measure].kind] : formatRatio;
  return fittingWorkloads.flatMap((workload) => {
    const value = readValue(condition, workload);
    if (value !== null && !operators[operator](value, bound)) return [];
    const outcome = value === null ? 'nothing was measured' : `it is ${format(value)}`;
    return [`${text}: ${formatWorkloadTitle(workload)}: ${outcome}`];
  });
}

/** Reads the value that a condition compares with its bound; null if it was not measured. */
function readValue({ stack, divisor, measure }: Condition, { results }: Workload): number | null {
  const findMeasurement = (name: string) =>
    results.find((result) => result.stack === name)?.measured ?? null;
  const measured = findMeasurement(stack);
  if (measured === null || divisor === null)
    return measured && measures[measure].readValue(measured);
  const baseline = findMeasurement(divisor);
  return baseline === null ? null : computeMedianRatio(measure, measured, baseline);
}
