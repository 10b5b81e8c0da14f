/**
 * Converts values of a graph into the form of an uncut recording, for comparison with recorded
 * ones.
 */
import type { ArgType, FopRow } from '../core/fops.ts';
import {
  makeValueReaders,
  type RecordedValue,
  type Retention,
  valueWriters,
} from '../observe/codec.ts';
import type { Values } from '../observe/events.ts';
import { encodeWith, RecordingReader } from '../observe/recording-bytes.ts';
import { ownTables } from '../observe/tables.ts';

/** A reply in the form of a recording. */
export interface RecordedReply {
  readonly opRet: number;
  readonly opErrno: number;
  readonly values: Values;
}

const UNCUT_RETENTION: Retention = {
  dataMax: Number.POSITIVE_INFINITY,
  itemsMax: Number.POSITIVE_INFINITY,
  hidden: null,
};

const readers = makeValueReaders(ownTables);

/** Converts a value: writes it as the recorder does and reads it back, so that the form is defined once. */
function toRecordedValue(type: ArgType, value: unknown): RecordedValue {
  const missingValue = type === 'int' ? Number.NaN : null;
  const bytes = encodeWith((out) =>
    valueWriters[type](out, value ?? missingValue, UNCUT_RETENTION),
  );
  return readers[type](new RecordingReader(bytes));
}

const toRecordedValues = (rows: FopRow['args'], values: readonly unknown[]): Values =>
  Object.fromEntries(rows.map(({ name, type }, i) => [name, toRecordedValue(type, values[i])]));

/** Converts the arguments of a fop. */
export const toRecordedArgs = ({ args }: FopRow, values: readonly unknown[]): Values =>
  toRecordedValues(args, values);

/** Converts the reply to a fop. */
export const toRecordedReply = (
  { reply }: FopRow,
  opRet: number,
  opErrno: number,
  values: readonly unknown[],
): RecordedReply => ({ opRet, opErrno, values: toRecordedValues(reply, values) });
