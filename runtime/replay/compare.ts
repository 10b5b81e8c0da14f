/**
 * Lists the differences between two replies: the recorded one and the current one.
 *
 * It compares the parts that programs rely on: result and errno, type, mode, owner, size and number
 * of names, data, names of a directory, attributes, locks. It ignores times, inode and device
 * numbers, gfids and block counts, which belong to a storage, and xdata.
 */
import type { Arg, ArgType, FopRow } from '../core/fops.ts';
import { IA_IFDIR } from '../core/iatt.ts';
import type {
  DictPair,
  RecordedEntry,
  RecordedList,
  RecordedStruct,
  RecordedValue,
} from '../observe/codec.ts';
import { formatResult, formatValue, truncateText } from '../observe/event-text.ts';
import type { RecordedReply } from './recorded-form.ts';

/** A part that differs, with both values in words. */
export interface Difference {
  /** The name of the part: `op_ret`, or a part of the reply such as `buf.ia_size`. */
  readonly part: string;
  /** The recorded value. */
  readonly was: string;
  /** The current value. */
  readonly is: string;
}

/** The most characters shown before the first difference of two texts. */
const LEAD_CHARACTERS = 10;

/** Returns the differences. If a reply failed, only op_ret and errno are compared. */
export function findDifferences(
  row: FopRow,
  recorded: RecordedReply,
  current: RecordedReply,
): Difference[] {
  const hasFailure = recorded.opRet < 0 || current.opRet < 0;
  if (recorded.opRet !== current.opRet || (hasFailure && recorded.opErrno !== current.opErrno)) {
    return [{ part: 'op_ret', was: formatResult(recorded), is: formatResult(current) }];
  }
  if (hasFailure) return [];
  return row.reply.flatMap((arg) =>
    comparePart(arg, recorded.values[arg.name] ?? null, current.values[arg.name] ?? null),
  );
}

/** Compares a part of two replies; a part with fields field by field. */
function comparePart(arg: Arg, recorded: RecordedValue, current: RecordedValue): Difference[] {
  const { name, type, needed } = arg;
  const selectParts = partSelectors[type];
  if (selectParts === undefined || name === 'xdata') return [];
  if (recorded === null || current === null) {
    // An optional part of a success depends on the storage.
    if (recorded === current || !needed) return [];
    return [
      {
        part: name,
        was: truncateText(formatValue(recorded)),
        is: truncateText(formatValue(current)),
      },
    ];
  }
  const [was, is] = [selectParts(recorded), selectParts(current)];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return keys
    .filter((key) => was[key] !== is[key])
    .map((key) => ({
      part: key === '' ? name : `${name}.${key}`,
      ...cutToDifference(was[key] ?? 'nothing', is[key] ?? 'nothing'),
    }));
}

/** Cuts two different texts so that their first difference is visible. */
function cutToDifference(recorded: string, current: string): Pick<Difference, 'was' | 'is'> {
  let differenceIndex = 0;
  while (recorded[differenceIndex] === current[differenceIndex]) differenceIndex += 1;
  const shownStart = Math.max(0, differenceIndex - LEAD_CHARACTERS);
  const ellipsis = shownStart === 0 ? '' : '…';
  return {
    was: ellipsis + truncateText(recorded.slice(shownStart)),
    is: ellipsis + truncateText(current.slice(shownStart)),
  };
}

/** Selects the compared parts of a value, by name. A simple value has one part, with an empty name. */
type SelectParts = (value: NonNullable<RecordedValue>) => Readonly<Record<string, string>>;

const selectWhole: SelectParts = (value) => ({ '': formatValue(value) });

/** The compared fields of any file: names in C with those in TypeScript. */
const IATT_ANY = { ia_type: 'iaType', ia_prot: 'iaProt', ia_uid: 'iaUid', ia_gid: 'iaGid' };
/** The compared fields of a non-directory. (A directory's size and nlink depend on the storage.) */
const IATT_FILE = { ...IATT_ANY, ia_nlink: 'iaNlink', ia_size: 'iaSize', ia_rdev: 'iaRdev' };

/** Returns fields of a structure as texts, by their names in C. */
const pickFields = (value: RecordedStruct, names: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(names).map(([cName, name]) => [cName, String(value[name] ?? '')]),
  );

const selectIattFields: SelectParts = (value) => {
  const struct = value as RecordedStruct;
  return pickFields(struct, struct.iaType === IA_IFDIR ? IATT_ANY : IATT_FILE);
};

const selectDictValues: SelectParts = (value) =>
  Object.fromEntries(
    (value as RecordedList<DictPair>).items
      // Gfids belong to a storage.
      .filter(({ key }) => !key.startsWith('trusted.gfid'))
      .map((pair) => [pair.key, formatDictValue(pair)]),
  );

/** Formats a value of a dict; of an iatt, the compared fields. */
function formatDictValue({ type, value }: DictPair): string {
  if (value === null) return 'null';
  return type === 'iatt'
    ? JSON.stringify(selectIattFields(value as RecordedStruct))
    : formatValue(value);
}

const selectEntryNames: SelectParts = (value) => ({
  names: (value as RecordedList<RecordedEntry>).items
    .map(({ name }) => name)
    .sort()
    .join(' '),
});

const selectLockFields: SelectParts = (value) =>
  pickFields(value as RecordedStruct, { l_type: 'type', l_start: 'start', l_len: 'len' });

/** The selectors of compared parts, by the type of a reply's part. Other types are not compared. */
const partSelectors: Readonly<Partial<Record<ArgType, SelectParts>>> = {
  int: selectWhole,
  str: selectWhole,
  data: selectWhole,
  iatt: selectIattFields,
  dict: selectDictValues,
  entries: selectEntryNames,
  flock: selectLockFields,
  lease: (value) => pickFields(value as RecordedStruct, { lease_type: 'type' }),
  locklist: (value) => ({ count: String((value as RecordedList<RecordedStruct>).count) }),
};
