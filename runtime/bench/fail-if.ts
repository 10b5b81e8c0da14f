/**
 * Conditions under which a run fails, for CI: `python/typescript p50 > 1.2`, `python p99 > 2 ms`.
 *
 *     condition = stack [ "/" stack ] measure op number [ unit ]
 *     op        = ">" | ">=" | "<" | "<="
 *
 * A ratio has no unit. A time or a size has one, so that nobody has to guess it. A condition is
 * looked at in every workload and place, and fails the run when it holds in one of them.
 */
import { didYouMean } from '../core/nearest.ts';
import { type MeasureName, measureNames, measures, ratioOf, units } from './measures.ts';
import { placeTitles } from './placement.ts';
import type { Run, Workload } from './schema.ts';

const operators: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
};

export interface Condition {
  readonly text: string;
  readonly stack: string;
  /** What the stack is a ratio to; null: the measure itself counts. */
  readonly to: string | null;
  readonly measure: MeasureName;
  readonly operator: string;
  /** A ratio, or what `units` of the measure's kind are counted in. */
  readonly bound: number;
}

/** A condition that cannot be read. The message shows where. */
export class ConditionError extends Error {
  readonly code = 'GLOSSA_CONDITION';
  /** From 1. */
  readonly column: number;

  constructor(condition: string, column: number, message: string) {
    super(`column ${column}: ${message}\n  ${condition}\n  ${' '.repeat(column - 1)}^`);
    this.name = 'ConditionError';
    this.column = column;
  }
}

interface Token {
  readonly text: string;
  /** From 1. */
  readonly column: number;
}

const tokensOf = (condition: string): Token[] =>
  [...condition.matchAll(/[<>]=?|[^\s<>]+/g)].map((match) => ({
    text: match[0],
    column: match.index + 1,
  }));

/** Reads a condition about stacks of these names. @throws {ConditionError} */
export function parseCondition(condition: string, stacks: readonly string[]): Condition {
  const tokens = tokensOf(condition);
  const wrong = (token: Token | undefined, message: string): ConditionError =>
    new ConditionError(condition, token?.column ?? condition.trimEnd().length + 1, message);
  const next = (what: string): Token => {
    const token = tokens.shift();
    if (token === undefined) throw wrong(token, `${what} is missing`);
    return token;
  };

  const subject = next('a stack');
  const names = subject.text.split('/');
  let { column } = subject;
  for (const name of names) {
    if (!stacks.includes(name)) {
      const guess = didYouMean(name, stacks) || `; there are ${stacks.join(', ')}`;
      throw new ConditionError(condition, column, `no stack is called '${name}'${guess}`);
    }
    column += name.length + 1;
  }
  if (names.length > 2) throw wrong(subject, 'a ratio is of two stacks');

  const measure = next('a measure');
  if (!Object.hasOwn(measures, measure.text)) {
    const guess =
      didYouMean(measure.text, measureNames) || `; there are ${measureNames.join(', ')}`;
    throw wrong(measure, `no measure is called '${measure.text}'${guess}`);
  }
  const operator = next('>, >=, < or <=');
  if (!Object.hasOwn(operators, operator.text)) {
    throw wrong(operator, `expected >, >=, < or <=, found '${operator.text}'`);
  }
  const [stack, to = null] = names as [string, string?];
  const name = measure.text as MeasureName;
  const bound = readBound(next('a number'), tokens.shift(), to === null ? name : null, wrong);
  if (tokens.length > 0) throw wrong(tokens[0], `unexpected '${tokens[0]!.text}'`);
  return { text: condition.trim(), stack, to, measure: name, operator: operator.text, bound };
}

/** @param measure whose units count; null: a ratio, which has none. */
function readBound(
  number: Token,
  after: Token | undefined,
  measure: MeasureName | null,
  wrong: (token: Token | undefined, message: string) => ConditionError,
): number {
  const [, digits, attached] = /^(\d+(?:\.\d*)?|\.\d+)(.*)$/.exec(number.text) ?? [];
  if (digits === undefined) throw wrong(number, `expected a number, found '${number.text}'`);
  const behind = { text: attached!, column: number.column + digits.length };
  const unit = attached === '' ? after : behind;
  if (attached !== '' && after !== undefined) throw wrong(after, `unexpected '${after.text}'`);
  if (measure === null) {
    if (unit !== undefined) throw wrong(unit, `a ratio has no unit, found '${unit.text}'`);
    return Number(digits);
  }
  const { kind } = measures[measure];
  const known = units[kind];
  const names = Object.keys(known).join(', ');
  if (unit === undefined) {
    if (kind === 'rate') return Number(digits);
    throw wrong(unit, `a ${kind} has a unit: ${names}`);
  }
  if (!Object.hasOwn(known, unit.text)) {
    throw wrong(unit, `no unit of a ${kind} is called '${unit.text}'; there are ${names}`);
  }
  return Number(digits) * known[unit.text]!;
}

/** What a condition says about a workload at a place. */
export interface Finding {
  readonly condition: Condition;
  /** `miss, same CPU`. */
  readonly where: string;
  /** Null: a stack, or the measure of it, is missing there. */
  readonly value: number | null;
  /** The run fails: the condition holds, or nobody can know. */
  readonly fails: boolean;
}

/** Looks at every workload: a run without any fails as well, for it shows nothing. */
export function findingsOf(condition: Condition, { workloads }: Run): Finding[] {
  if (workloads.length === 0) return [{ condition, where: 'the run', value: null, fails: true }];
  return workloads.map((workload) => {
    const value = valueIn(condition, workload);
    const fails = value === null || operators[condition.operator]!(value, condition.bound);
    const where = `${workload.name}, ${placeTitles[workload.place]}`;
    return { condition, where, value, fails };
  });
}

function valueIn({ stack, to, measure }: Condition, { results }: Workload): number | null {
  const measuredOf = (name: string) => results.find((it) => it.stack === name)?.measured ?? null;
  const mine = measuredOf(stack);
  if (mine === null) return null;
  if (to === null) return measures[measure].of(mine);
  const other = measuredOf(to);
  return other === null ? null : ratioOf(measure, mine, other);
}
