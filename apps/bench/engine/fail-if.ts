/**
 * Conditions under which a run fails, for CI: `python/typescript p50 > 1.2`, `python p99 > 2 ms`.
 *
 *     condition = stack [ "/" stack ] measure op number [ unit ]
 *     stack     = name | '"' name '"'
 *     op        = ">" | ">=" | "<" | "<="
 *
 * A ratio has no unit. A time or a size has one, so that nobody has to guess it. A condition is
 * looked at in every workload and place that can be asked of its stacks, and fails the run when it
 * holds in one of them.
 */
import { didYouMean } from '../../../runtime/core/nearest.ts';
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

/** What stands behind the stacks. */
const tokensOf = (condition: string, from: number): Token[] =>
  [...condition.slice(from).matchAll(/[<>]=?|[^\s<>]+/g)].map((match) => ({
    text: match[0],
    column: from + match.index + 1,
  }));

const BLANKS = /\s*/y;
/** A name, in quotes where it has a blank or a character that means something here. */
const NAME = /"([^"]*)"|[^\s<>/"]+/y;

/** The names of the stacks, and where they end. */
function subjectOf(condition: string): { readonly names: Token[]; readonly end: number } {
  const names: Token[] = [];
  let at = 0;
  const read = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(condition);
    at += match?.[0].length ?? 0;
    return match;
  };
  do {
    if (names.length > 0) at++;
    read(BLANKS);
    const column = at + 1;
    if (condition[at] === '"' && !condition.includes('"', at + 1)) {
      throw new ConditionError(condition, column, 'the quote is not closed');
    }
    const match = read(NAME);
    if (match === null) throw new ConditionError(condition, column, 'a stack is missing');
    names.push({ text: match[1] ?? match[0], column });
    read(BLANKS);
  } while (condition[at] === '/');
  return { names, end: at };
}

/** Reads a condition about stacks of these names. @throws {ConditionError} */
export function parseCondition(condition: string, stacks: readonly string[]): Condition {
  const subject = subjectOf(condition);
  const tokens = tokensOf(condition, subject.end);
  const wrong = (token: Token | undefined, message: string): ConditionError =>
    new ConditionError(condition, token?.column ?? condition.trimEnd().length + 1, message);
  const next = (what: string): Token => {
    const token = tokens.shift();
    if (token === undefined) throw wrong(token, `${what} is missing`);
    return token;
  };

  const names = subject.names.map((name) => {
    if (stacks.includes(name.text)) return name.text;
    const guess = didYouMean(name.text, stacks) || `; there are ${stacks.join(', ')}`;
    throw wrong(name, `no stack is called '${name.text}'${guess}`);
  });
  if (names.length > 2) throw wrong(subject.names[0], 'a ratio is of two stacks');

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
  /** There is nothing to look at there: the workload cannot be asked of this stack; or null. */
  readonly skipped: string | null;
  /** The run fails: the condition holds, or nobody can know. */
  readonly fails: boolean;
}

/** Looks at every workload: a run in which there is nothing to look at fails, for it shows nothing. */
export function findingsOf(condition: Condition, { workloads }: Run): Finding[] {
  const nothing = { condition, where: 'the run', value: null, skipped: null, fails: true };
  const found = workloads.map((workload) => {
    const value = valueIn(condition, workload);
    const skipped = unfitIn(condition, workload);
    const holds = value === null || operators[condition.operator]!(value, condition.bound);
    const where = `${workload.name}, ${placeTitles[workload.place]}`;
    return { condition, where, value, skipped, fails: skipped === null && holds };
  });
  return found.every(({ skipped }) => skipped !== null) ? [...found, nothing] : found;
}

function unfitIn({ stack, to }: Condition, { results }: Workload): string | null {
  const isMeant = (name: string): boolean => name === stack || name === to;
  return results.find((it) => it.unfit && isMeant(it.stack))?.stack ?? null;
}

function valueIn({ stack, to, measure }: Condition, { results }: Workload): number | null {
  const measuredOf = (name: string) => results.find((it) => it.stack === name)?.measured ?? null;
  const mine = measuredOf(stack);
  if (mine === null) return null;
  if (to === null) return measures[measure].of(mine);
  const other = measuredOf(to);
  return other === null ? null : ratioOf(measure, mine, other);
}
