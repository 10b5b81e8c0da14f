/**
 * What a value of a graph looks like in a recording that cuts nothing: so what is now can be compared
 * with what was then.
 */
import type { ArgType, FopRow } from '../core/fops.ts';
import { Input, written } from '../observe/bytes.ts';
import type { Values } from '../observe/events.ts';
import { ownTables } from '../observe/tables.ts';
import { type Kept, type ValueSeen, valueReaders, writeValue } from '../observe/values.ts';

/** An answer, as a recording has it. */
export interface Answer {
  readonly opRet: number;
  readonly opErrno: number;
  readonly reply: Values;
}

const KEPT: Kept = {
  dataMax: Number.POSITIVE_INFINITY,
  itemsMax: Number.POSITIVE_INFINITY,
  hidden: null,
};

const readers = valueReaders(ownTables);

/** By way of the bytes that a recorder writes: there is one form, and one place that knows it. */
function seen(type: ArgType, value: unknown): ValueSeen {
  const none = type === 'int' ? Number.NaN : null;
  const bytes = written((out) => writeValue[type](out, value ?? none, KEPT));
  return readers[type](new Input(bytes));
}

const allSeen = (rows: FopRow['args'], values: readonly unknown[]): Values =>
  Object.fromEntries(rows.map(({ name, type }, i) => [name, seen(type, values[i])]));

export const argsSeen = ({ args }: FopRow, values: readonly unknown[]): Values =>
  allSeen(args, values);

export const answerSeen = (
  { reply }: FopRow,
  opRet: number,
  opErrno: number,
  values: readonly unknown[],
): Answer => ({ opRet, opErrno, reply: allSeen(reply, values) });
