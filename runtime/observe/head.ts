/** Makes the head of a recording, which is JSON in the file, and reads it with a check of its shape. */
import { argTypes } from '../core/fops.ts';
import { maskOptions } from '../core/secrets.ts';
import type { Xlator } from '../core/xlator.ts';
import type { Retention } from './codec.ts';
import type { Head } from './format.ts';
import { RecordingError } from './recording-bytes.ts';
import { ownTables } from './tables.ts';

/** The facts about a recording from which its head is made. */
export interface HeadSettings {
  /** The version of glossa. */
  readonly version: string;
  /** The start in milliseconds since the epoch. */
  readonly startedAt: number;
  /** The filter in words; null without a filter. */
  readonly filter: string | null;
  /** Whether all hops below a recorded hop are recorded (`Filter.seesAll`). */
  readonly seesAll: boolean;
  readonly retention: Retention;
}

/** Makes the head of a recording. In a redacted recording it hides the filter and the values of options. */
export function makeHead(
  xlators: readonly Xlator[],
  { version, startedAt, filter, seesAll, retention }: HeadSettings,
): Head {
  const redacted = retention.hidden !== null;
  return {
    version,
    startedAt,
    filter: redacted && filter !== null ? '…' : filter,
    seesAll,
    dataMax: retention.dataMax,
    redacted,
    volumes: xlators.map(({ id, name, type, volfileOptions, childNames }) => ({
      id,
      name,
      type,
      options: redacted
        ? Object.fromEntries(volfileOptions.map(({ key }) => [key, '…']))
        : maskOptions(volfileOptions),
      subvolumes: childNames,
    })),
    tables: ownTables,
  };
}

/** Encodes a head as JSON. */
export const encodeHead = (head: Head): string => JSON.stringify(head);

/** Whether a value has a certain shape. */
type ShapeCheck = (value: unknown) => boolean;

const isText: ShapeCheck = (value) => typeof value === 'string';
const isNumber: ShapeCheck = (value) => Number.isFinite(value);
const isFlag: ShapeCheck = (value) => typeof value === 'boolean';
const isTextOrNull: ShapeCheck = (value) => value === null || isText(value);
const isType: ShapeCheck = (value) => (argTypes as readonly unknown[]).includes(value);
const makeListCheck =
  (item: ShapeCheck): ShapeCheck =>
  (value) =>
    Array.isArray(value) && value.every(item);
const makePairCheck =
  (first: ShapeCheck, second: ShapeCheck): ShapeCheck =>
  (value) =>
    Array.isArray(value) && value.length === 2 && first(value[0]) && second(value[1]);
const makeFieldsCheck =
  (fields: Readonly<Record<string, ShapeCheck>>): ShapeCheck =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([key, check]) => check((value as Record<string, unknown>)[key]));
const makeMapCheck =
  (item: ShapeCheck): ShapeCheck =>
  (value) =>
    typeof value === 'object' && value !== null && Object.values(value).every(item);

const isArgs = makeListCheck(makePairCheck(isText, isType));
const isFieldList = makeListCheck(
  makePairCheck(isText, (value) => isNumber(value) || isText(value)),
);

const isHead = makeFieldsCheck({
  version: isText,
  startedAt: isNumber,
  filter: isTextOrNull,
  seesAll: isFlag,
  dataMax: isNumber,
  redacted: isFlag,
  volumes: makeListCheck(
    makeFieldsCheck({
      id: isNumber,
      name: isText,
      type: isText,
      options: makeMapCheck(isText),
      subvolumes: makeListCheck(isText),
    }),
  ),
  tables: makeFieldsCheck({
    fops: makeListCheck(
      makeFieldsCheck({ number: isNumber, name: isText, args: isArgs, reply: isArgs }),
    ),
    structs: makeFieldsCheck({
      iatt: isFieldList,
      statvfs: isFieldList,
      flock: isFieldList,
      lease: isFieldList,
    }),
  }),
});

/** Reads the head of a recording, and checks its shape. @throws {RecordingError} */
export function readHead(text: string): Head {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RecordingError('its head is damaged: it is not JSON');
  }
  if (!isHead(value)) throw new RecordingError('its head is damaged: fields are missing');
  return value as Head;
}
