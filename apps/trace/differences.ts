/**
 * Finds the changes that a volume made: compares its arguments with those that it wound, and the
 * reply from below with the reply that it gave; value by value, structures field by field.
 */
import { errnoName } from '../../runtime/core/errno.ts';
import { printable } from '../../runtime/core/log.ts';
import type { DataSeen, DictPair, ValueSeen } from '../../runtime/observe/codec.ts';
import type { HopSeen } from '../../runtime/observe/walk.ts';
import type { Step } from './steps.ts';

/** A value on both sides; null where it is absent. */
export interface Row {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface Change {
  /** Titles of both sides; `before` is null if there is nothing to compare with. */
  readonly before: string | null;
  readonly after: string;
  readonly rows: readonly Row[];
}

type Values = Readonly<Record<string, ValueSeen>>;

/** The changes of a step. */
export function changeAt(step: Step): Change {
  if (step.kind === 'wind') return windChange(step.hop, step.above);
  return step.kind === 'unwind' ? unwindChange(step.hop) : noteChange(step);
}

function windChange({ wind }: HopSeen, above: HopSeen | null): Change {
  const after = flat(wind.args);
  if (above === null) return change(`given to ${wind.volume}`, after);
  if (above.wind.fop !== wind.fop) return change(`wound by ${above.wind.volume}`, after);
  const given = flat(above.wind.args);
  return change(`wound to ${wind.volume}`, after, `given to ${above.wind.volume}`, given);
}

function unwindChange(hop: HopSeen): Change {
  const own = `given by ${hop.wind.volume}`;
  const below = answerBelow(hop);
  if (below === null || below.wind.fop !== hop.wind.fop) return change(own, replyOf(hop));
  return change(own, replyOf(hop), `came from ${below.wind.volume}`, replyOf(below));
}

/** The last reply from below before this volume's own, preferably of the same fop. */
function answerBelow({ wind, unwind, below }: HopSeen): HopSeen | null {
  const answered = below.filter((child) => child.unwind !== null && child.unwind.at <= unwind!.at);
  const latest = answered.sort((a, b) => b.unwind!.at - a.unwind!.at);
  return latest.find((child) => child.wind.fop === wind.fop) ?? latest[0] ?? null;
}

/** Compares a note with the hop's earlier note of `local`; the step shows method and line. */
function noteChange({ hop, at, notes }: Step): Change {
  const { method, line, ...others } = notes!;
  const index = hop.notes.findIndex((note) => note.at === at && note.notes === notes);
  const known = hop.notes.slice(0, Math.max(0, index)).map((note) => note.notes.local);
  const local = known.findLast((it) => it !== undefined);
  if (local === undefined) return change(`noted of ${hop.wind.volume}`, textsOf(notes!));
  return change('now', textsOf(others), 'before', textsOf({ local }));
}

const textsOf = (texts: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(Object.entries(texts).map(([name, text]) => [name, printable(text)]));

function change(
  after: string,
  now: ReadonlyMap<string, string>,
  before: string | null = null,
  then: ReadonlyMap<string, string> = new Map(),
): Change {
  const names = [...new Set([...then.keys(), ...now.keys()])];
  const valueIn = (values: ReadonlyMap<string, string>, name: string): string | null =>
    values.get(name) ?? null;
  const rows = names.map((name) => ({
    ...{ name, before: valueIn(then, name), after: valueIn(now, name) },
  }));
  return { before, after, rows };
}

function replyOf({ unwind }: HopSeen): Map<string, string> {
  const { opRet, opErrno, reply } = unwind!;
  const failed = opRet < 0 ? [['op_errno', errnoName(opErrno)] as const] : [];
  return new Map([['op_ret', String(opRet)], ...failed, ...flat(reply)]);
}

/** Values by their paths: `loc.path`, `buf.ia_size`, `xdata["gfid-req"]`, `entries[0].name`. */
export function flat(values: Values): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) put(snake(name), value, found);
  return found;
}

type Any = ValueSeen | boolean | DictPair['value'] | undefined;

function put(name: string, value: Any, found: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) {
    found.set(name, typeof value === 'string' ? `"${printable(value)}"` : number(name, value));
  } else if ('head' in value && 'length' in value) {
    const { length, head } = value as DataSeen;
    found.set(name, `${length} bytes "${printable(head)}"`);
  } else if ('items' in value) {
    const { count, items } = value as { count: number; items: readonly Item[] };
    const isDict = items.some((item) => item !== null && 'key' in item);
    if (count !== items.length || !isDict) found.set(`${name}.count`, String(count));
    items.forEach((item, i) => {
      if (isDict) put(`${name}[${JSON.stringify((item as DictPair).key)}]`, item!.value, found);
      else put(`${name}[${i}]`, item as never, found);
    });
  } else {
    for (const [field, inner] of Object.entries(value)) {
      put(`${name}.${snake(field)}`, inner as Any, found);
    }
  }
}

type Item = { readonly value?: DictPair['value'] } | null;

/** A number as text; modes in octal. */
const number = (name: string, value: number | boolean | null | undefined): string =>
  /(^|[._])(prot|mode|umask)$/.test(name) && typeof value === 'number'
    ? `0${value.toString(8)}`
    : String(value);

/** `iaSize` is `ia_size` in GlusterFS. */
const snake = (name: string): string =>
  name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
