/**
 * Finds the changes that a volume made in a recorded request: compares its arguments with those
 * that it wound to its subvolume, and the reply from below with its own reply, field by field. The
 * trace's page shows them. A *hop* is the stay of a request in one volume, from its wind to its
 * unwind.
 */
import { errnoName } from '../../runtime/core/errno.ts';
import { printable } from '../../runtime/core/log.ts';
import type { DictPair, RecordedData, RecordedValue } from '../../runtime/observe/codec.ts';
import type { RecordedHop } from '../../runtime/observe/walk.ts';
import type { Step } from './steps.ts';

/** A value before and after the volume's change; null if it is absent there. */
export interface ChangeRow {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The values of one step, compared with values before it if there are any. */
export interface Change {
  /** Titles of the two columns; `before` is null if there is nothing to compare with. */
  readonly before: string | null;
  readonly after: string;
  readonly rows: readonly ChangeRow[];
}

/** Recorded arguments or reply parts, by name. */
type RecordedValues = Readonly<Record<string, RecordedValue>>;

/** Describes what the volume of a step changed. */
export function describeChange(step: Step): Change {
  if (step.kind === 'wind') return compareWind(step.hop, step.parentHop);
  return step.kind === 'unwind' ? compareUnwind(step.hop) : compareNote(step);
}

/** Compares the arguments of a wind with those that the volume above it was given. */
function compareWind({ wind }: RecordedHop, above: RecordedHop | null): Change {
  const after = flattenValues(wind.args);
  if (above === null) return makeChange(`given to ${wind.volume}`, after);
  if (above.wind.fop !== wind.fop) return makeChange(`wound by ${above.wind.volume}`, after);
  const argumentsAbove = flattenValues(above.wind.args);
  return makeChange(
    `wound to ${wind.volume}`,
    after,
    `given to ${above.wind.volume}`,
    argumentsAbove,
  );
}

/** Compares a volume's reply with the reply that it got from below. */
function compareUnwind(hop: RecordedHop): Change {
  const title = `given by ${hop.wind.volume}`;
  const below = findReplyBelow(hop);
  if (below === null || below.wind.fop !== hop.wind.fop)
    return makeChange(title, listReplyValues(hop));
  return makeChange(
    title,
    listReplyValues(hop),
    `came from ${below.wind.volume}`,
    listReplyValues(below),
  );
}

/** Finds the last reply from below before the volume's own, of the same fop if there is one. */
function findReplyBelow({ wind, unwind, below }: RecordedHop): RecordedHop | null {
  const repliedHops = below.filter(
    (child) => child.unwind !== null && child.unwind.at <= unwind!.at,
  );
  const newestFirst = repliedHops.sort((a, b) => b.unwind!.at - a.unwind!.at);
  return newestFirst.find((child) => child.wind.fop === wind.fop) ?? newestFirst[0] ?? null;
}

/**
 * Compares a note with the last earlier note of the request's `local`. Omits method and line: the
 * source view shows them.
 */
function compareNote({ hop, atNs, notes }: Step): Change {
  const { method, line, ...otherNotes } = notes!;
  const index = hop.notes.findIndex((note) => note.at === atNs && note.notes === notes);
  const localNotes = hop.notes.slice(0, Math.max(0, index)).map((note) => note.notes.local);
  const local = localNotes.findLast((note) => note !== undefined);
  if (local === undefined) return makeChange(`noted of ${hop.wind.volume}`, makePrintable(notes!));
  return makeChange('now', makePrintable(otherNotes), 'before', makePrintable({ local }));
}

/** Escapes control characters in texts. */
const makePrintable = (texts: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(Object.entries(texts).map(([name, text]) => [name, printable(text)]));

/** Makes a change: a row for each name in either of the two maps. */
function makeChange(
  after: string,
  values: ReadonlyMap<string, string>,
  before: string | null = null,
  previousValues: ReadonlyMap<string, string> = new Map(),
): Change {
  const names = [...new Set([...previousValues.keys(), ...values.keys()])];
  const findValue = (side: ReadonlyMap<string, string>, name: string): string | null =>
    side.get(name) ?? null;
  const rows = names.map((name) => ({
    name,
    before: findValue(previousValues, name),
    after: findValue(values, name),
  }));
  return { before, after, rows };
}

/** Lists op_ret, the errno of a failure, and the parts of the reply. */
function listReplyValues({ unwind }: RecordedHop): Map<string, string> {
  const { opRet, opErrno, reply } = unwind!;
  const errnoEntries = opRet < 0 ? [['op_errno', errnoName(opErrno)] as const] : [];
  return new Map([['op_ret', String(opRet)], ...errnoEntries, ...flattenValues(reply)]);
}

/** Maps paths to values: `loc.path`, `buf.ia_size`, `xdata["gfid-req"]`, `entries[0].name`. */
export function flattenValues(values: RecordedValues): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) addValue(toSnakeCase(name), value, texts);
  return texts;
}

/** A value, or a part of one, that `addValue` takes. */
type FlatValue = RecordedValue | boolean | DictPair['value'] | undefined;

/** Adds a value as text; for a structure, list or dict, adds each of its fields or items. */
function addValue(name: string, value: FlatValue, texts: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) {
    texts.set(
      name,
      typeof value === 'string' ? `"${printable(value)}"` : formatNumber(name, value),
    );
  } else if ('head' in value && 'length' in value) {
    const { length, head } = value as RecordedData;
    texts.set(name, `${length} bytes "${printable(head)}"`);
  } else if ('items' in value) {
    const { count, items } = value as { count: number; items: readonly RecordedItem[] };
    const isDict = items.some((item) => item !== null && 'key' in item);
    if (count !== items.length || !isDict) texts.set(`${name}.count`, String(count));
    items.forEach((item, i) => {
      if (isDict)
        addValue(`${name}[${JSON.stringify((item as DictPair).key)}]`, item!.value, texts);
      else addValue(`${name}[${i}]`, item as never, texts);
    });
  } else {
    for (const [field, inner] of Object.entries(value)) {
      addValue(`${name}.${toSnakeCase(field)}`, inner as FlatValue, texts);
    }
  }
}

/** An item of a recorded list or dict; null for an item that was not recorded. */
type RecordedItem = { readonly value?: DictPair['value'] } | null;

/** Formats a number; modes in octal. */
const formatNumber = (name: string, value: number | boolean | null | undefined): string =>
  /(^|[._])(prot|mode|umask)$/.test(name) && typeof value === 'number'
    ? `0${value.toString(8)}`
    : String(value);

/** Spells a field as GlusterFS does: `ia_size` for `iaSize`. */
const toSnakeCase = (name: string): string =>
  name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
