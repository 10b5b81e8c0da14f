/**
 * Finds the changes that a volume made: the arguments that it was given beside those that it wound, and the reply that
 * came up to it beside the one that it gave; value by value, structures by their fields.
 */
import { errnoName } from '../../runtime/core/errno.ts';
import { printable } from '../../runtime/core/log.ts';
import type { DataSeen, DictPair, ValueSeen } from '../../runtime/observe/values.ts';
import type { HopSeen } from '../../runtime/observe/walk.ts';
import type { Step } from './steps.ts';

/** A value on both sides; null where there is none. */
export interface Row {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface Change {
  /** What each side is. Of one that is not compared with anything, `before` is null. */
  readonly before: string | null;
  readonly after: string;
  readonly rows: readonly Row[];
}

type Values = Readonly<Record<string, ValueSeen>>;

/** What a step changed of what went before it. */
export function changeAt(step: Step): Change {
  if (step.kind === 'wind') return windChange(step.hop, step.above);
  return step.kind === 'unwind' ? unwindChange(step.hop) : noteChange(step);
}

function windChange({ wind }: HopSeen, above: HopSeen | null): Change {
  const after = flat(wind.args);
  if (above === null) return alone(`given to ${wind.volume}`, after);
  if (above.wind.fop !== wind.fop) return alone(`wound by ${above.wind.volume}`, after);
  return {
    before: `given to ${above.wind.volume}`,
    after: `wound to ${wind.volume}`,
    rows: rowsOf(flat(above.wind.args), after),
  };
}

function unwindChange(hop: HopSeen): Change {
  const own = `given by ${hop.wind.volume}`;
  const after = replyOf(hop);
  const below = answerBelow(hop);
  if (below === null || below.wind.fop !== hop.wind.fop) return alone(own, after);
  return {
    before: `came from ${below.wind.volume}`,
    after: own,
    rows: rowsOf(replyOf(below), after),
  };
}

/** The last answer that came up before this volume gave its own; of the same fop if there is one. */
function answerBelow({ wind, unwind, below }: HopSeen): HopSeen | null {
  const answered = below.filter((child) => child.unwind !== null && child.unwind.at <= unwind!.at);
  const latest = answered.sort((a, b) => b.unwind!.at - a.unwind!.at);
  return latest.find((child) => child.wind.fop === wind.fop) ?? latest[0] ?? null;
}

/** Beside what was noted of the same hop before. */
function noteChange({ hop, at, notes }: Step): Change {
  const index = hop.notes.findIndex((note) => note.at === at && note.notes === notes);
  const known = hop.notes.slice(0, Math.max(0, index));
  const after = textsOf(notes!);
  const before = new Map<string, string>();
  for (const note of known) {
    for (const [name, text] of textsOf(note.notes))
      if (STATE.includes(name)) before.set(name, text);
  }
  if (before.size === 0) return alone(`noted of ${hop.wind.volume}`, after);
  for (const name of PLACE) after.delete(name);
  return { before: 'before', after: 'now', rows: rowsOf(before, after) };
}

/** Names of notes that tell how something is; others tell what happened. */
const STATE = ['local'];
/** Those that tell where, which the step itself says. */
const PLACE = ['method', 'line'];

const textsOf = (texts: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(Object.entries(texts).map(([name, text]) => [name, printable(text)]));

const alone = (after: string, values: ReadonlyMap<string, string>): Change => ({
  before: null,
  after,
  rows: [...values].map(([name, value]) => ({ name, before: null, after: value })),
});

function rowsOf(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Row[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].map((name) => ({
    name,
    before: before.get(name) ?? null,
    after: after.get(name) ?? null,
  }));
}

function replyOf({ unwind }: HopSeen): Map<string, string> {
  const { opRet, opErrno, reply } = unwind!;
  const failed = opRet < 0 ? [['op_errno', errnoName(opErrno)] as const] : [];
  return new Map([['op_ret', String(opRet)], ...failed, ...flat(reply)]);
}

/** Values by the ways to them: `loc.path`, `buf.ia_size`, `xdata["gfid-req"]`, `entries[0].name`. */
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

/** Modes in octal, as everybody writes them. */
const number = (name: string, value: number | boolean | null | undefined): string =>
  /(^|[._])(prot|mode|umask)$/.test(name) && typeof value === 'number'
    ? `0${value.toString(8)}`
    : String(value);

/** `iaSize` is `ia_size` in GlusterFS. */
const snake = (name: string): string =>
  name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
