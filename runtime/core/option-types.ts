/**
 * Parses, prints and describes the values of options by type: the table `optionTypes`, for options.ts.
 * Source: GlusterFS `libglusterfs/src/options.c`, `common-utils.c`.
 */

import { isAddress, isAddressList, isDirectoryList } from './addresses.ts';
import { findNearest } from './nearest.ts';

/** A percentage, or an absolute size. */
export type PercentOrSize = { readonly percent: number } | { readonly bytes: number };

/** The parsed value of each type. Sizes are in bytes, times in seconds. */
export interface ValueTypes {
  any: string;
  str: string;
  int: number;
  sizet: number;
  percent: number;
  percent_or_sizet: PercentOrSize;
  bool: boolean;
  xlator: string;
  path: string;
  time: number;
  double: number;
  addr: string;
  addr_list: string;
  client_auth_addr: string;
  priority_list: string;
  size_list: string;
}

/** The allowed items of a comma-separated list. */
export interface ListItems {
  /** Plural noun with an example; continues "it takes …". */
  readonly noun: string;
  /** Allowed items, in any case. */
  readonly allowed: readonly string[];
}

/** The constraints on the value of an option, from its `OptionSpec`; bounds are inclusive. */
interface ValueConstraints {
  readonly type: string;
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
  readonly items?: ListItems;
  readonly fractions?: boolean;
}

/** A parsed value, or a `fault` that continues "option 'K': 'V' …". The `hint` follows it in parentheses. */
export type ParseResult<V> = { value: V } | { fault: string; hint?: string | undefined };

/** The functions for the values of one type. */
interface OptionRules<V> {
  /** Parses the text of a value and checks it against the option's constraints. */
  parse(text: string, spec: ValueConstraints): ParseResult<V>;
  /** Returns a text that parses to the value. */
  print(value: V): string;
  /** Describes the accepted values, to continue "it takes …". */
  describeAccepted(spec: ValueConstraints): string;
}

/** Units of sizes, the largest first: `printSize` takes the first that divides a size. */
const sizeUnits = [
  ['PB', 1024 ** 5],
  ['TB', 1024 ** 4],
  ['GB', 1024 ** 3],
  ['MB', 1024 ** 2],
  ['KB', 1024],
  ['B', 1],
] as const;

/** Units of times, the largest first, as `printTime` takes the first that divides a time; then other spellings. */
const timeUnits = [
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
  ['wk', 604_800],
  ['days', 86_400],
  ['hr', 3_600],
  ['min', 60],
  ['sec', 1],
] as const;

/** The words of a bool: the first five mean on (true), the others off (false). */
const booleanWords = new Map(
  ['on', 'yes', 'true', 'enable', '1', 'off', 'no', 'false', 'disable', '0'].map((word, i) => [
    word,
    i < 5,
  ]),
);

/** Whether a text is one of GlusterFS's words for on. */
export const isOn = (text: string): boolean => /^(on|yes|true|enable|1)$/i.test(text);

/** Appends the bounds to a noun: `noun from 1 to 16`. */
function describeBounds(
  noun: string,
  { min, max }: ValueConstraints,
  print: (value: number) => string,
): string {
  if (min === undefined && max === undefined) return noun;
  const start = noun.endsWith(')') ? `${noun},` : noun;
  if (min === undefined) return `${start} of at most ${print(max!)}`;
  return max === undefined
    ? `${start} of at least ${print(min)}`
    : `${start} from ${print(min)} to ${print(max)}`;
}

/** Describes how a value violates the bounds; undefined if it does not. */
function findRangeFault(value: number, { min, max }: ValueConstraints): string | undefined {
  if (min !== undefined && value < min) return 'is below the minimum';
  return max !== undefined && value > max ? 'is above the maximum' : undefined;
}

/** Makes the rules of a numeric type; `read` returns the number or the fault. */
function makeNumericRules(
  noun: string,
  read: (text: string, spec: ValueConstraints) => ParseResult<number>,
  print: (value: number) => string = String,
): OptionRules<number> {
  return {
    parse(text, spec) {
      const parsed = read(text, spec);
      if ('fault' in parsed) return parsed;
      const fault = findRangeFault(parsed.value, spec);
      return fault === undefined ? parsed : { fault };
    },
    print,
    describeAccepted: (spec) => describeBounds(noun, spec, print),
  };
}

/** Makes the rules of a type whose values are texts that `isValid` accepts. */
function makeTextRules(noun: string, isValid: (text: string) => boolean): OptionRules<string> {
  return {
    parse: (text) => (isValid(text) ? { value: text } : { fault: 'is not accepted' }),
    print: (value) => value,
    describeAccepted: () => noun,
  };
}

const isBlank = (text: string): boolean => text.trim() === '';

/** Accepts a number if it is exact: numbers beyond 2^53 are a fault. */
const checkExact = (value: number): ParseResult<number> =>
  Number.isSafeInteger(value) ? { value } : { fault: 'is too large to be exact' };

/** Reads a whole number, with hexadecimal (0x…) and octal (0…) digits as in C. */
function readInt(text: string): ParseResult<number> {
  const parts = /^([+-]?)(0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)$/i.exec(text);
  if (parts === null) return { fault: 'is not a whole number' };
  const digits = parts[2]!;
  const isOctal = /^0[0-7]/.test(digits);
  const magnitude = isOctal ? Number.parseInt(digits, 8) : Number(digits);
  return checkExact(parts[1] === '-' && magnitude !== 0 ? -magnitude : magnitude);
}

/** Reads a size in bytes, with a unit and a fraction; a unit without its B is a fault with a hint. */
function readSize(text: string): ParseResult<number> {
  const parts = /^(\d+)(?:\.(\d+))?([a-z]*)$/i.exec(text);
  if (parts === null) return { fault: 'is not a size' };
  const [, whole, fraction, suffix] = parts as unknown as [string, string, string?, string?];
  const name = suffix!.toUpperCase();
  if (name === '' && fraction !== undefined) return { fault: 'has a fraction but no unit' };
  const unit = sizeUnits.find(([unitName]) => unitName === (name || 'B'));
  if (unit === undefined) {
    const suggestion = sizeUnits.find(([unitName]) => name !== '' && unitName === `${name}B`);
    const hint = suggestion && `write '${text.slice(0, -1)}${suggestion[0]}'`;
    return { fault: `has the unknown unit '${suffix}'`, hint };
  }
  return checkExact(Number(whole) * unit[1] + Math.floor(Number(`0.${fraction ?? 0}`) * unit[1]));
}

/** Prints a size in the largest unit that divides it. */
function printSize(bytes: number): string {
  const [name, size] = sizeUnits.find(([, unit]) => bytes >= unit && bytes % unit === 0) ?? [
    'B',
    1,
  ];
  return size === 1 ? String(bytes) : `${bytes / size}${name}`;
}

/** Reads a time in seconds, with a unit; with up to three decimals if the option allows `fractions`. */
function readTime(text: string, { fractions }: ValueConstraints): ParseResult<number> {
  if (fractions && /^\d*\.\d{1,3}s?$/.test(text)) return { value: Number.parseFloat(text) };
  const parts = /^(\d+)([a-z]*)$/i.exec(text);
  if (parts === null) {
    const hint = /^\d+\.\d+[a-z]*$/i.test(text) ? 'fractions are not possible' : undefined;
    return { fault: 'is not a time', hint };
  }
  const [, count, name] = parts as unknown as [string, string, string];
  const unit = timeUnits.find(([unitName]) => unitName === (name || 's'));
  if (unit === undefined) return { fault: `has the unknown unit '${name}'` };
  return checkExact(Number(count) * unit[1]);
}

/** Prints a time in the largest unit that divides it. */
function printTime(seconds: number): string {
  const [name, size] = timeUnits.find(([, unit]) => seconds >= unit && seconds % unit === 0) ?? [
    's',
    1,
  ];
  return `${seconds / size}${name}`;
}

/** Reads a percentage, with or without its `%`. */
function readPercent(text: string): ParseResult<number> {
  if (!/^(\d+(\.\d*)?|\.\d+)%?$/.test(text)) return { fault: 'is not a percentage' };
  const value = Number.parseFloat(text);
  return value <= 100 ? { value } : { fault: 'is above 100 percent' };
}

/** Reads a finite decimal number. */
function readDouble(text: string): ParseResult<number> {
  const isNumber = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text);
  const value = Number(text);
  return isNumber && Number.isFinite(value) ? { value } : { fault: 'is not a number' };
}

const int = makeNumericRules('a whole number', readInt);
const sizet = makeNumericRules(
  'a size in bytes, or with a unit KB, MB, GB, TB or PB (1KB is 1024 bytes)',
  readSize,
  printSize,
);
const percent = makeNumericRules(
  'a percentage (0 to 100, the % may be left out)',
  readPercent,
  (value) => `${value}%`,
);

const percentOrSize: OptionRules<PercentOrSize> = {
  parse(text, spec) {
    if (text.endsWith('%')) {
      const parsed = readPercent(text);
      return 'fault' in parsed ? parsed : { value: { percent: parsed.value } };
    }
    const parsed = sizet.parse(text, spec);
    return 'fault' in parsed ? parsed : { value: { bytes: parsed.value } };
  },
  print: (value) => ('percent' in value ? `${value.percent}%` : printSize(value.bytes)),
  describeAccepted: (spec) =>
    `a percentage with its % (0% to 100%), or ${sizet.describeAccepted(spec)}`,
};

const bool: OptionRules<boolean> = {
  parse(text) {
    const value = booleanWords.get(text.toLowerCase());
    return value === undefined ? { fault: 'is neither on nor off' } : { value };
  },
  print: (value) => (value ? 'on' : 'off'),
  describeAccepted: () => 'on or off (as well: yes/no, true/false, enable/disable, 1/0)',
};

const str: OptionRules<string> = {
  parse(text, { values, items }) {
    if (items !== undefined) return readItems(text, items);
    if (values === undefined) return isBlank(text) ? { fault: 'is empty' } : { value: text };
    if (values.includes(text)) return { value: text };
    const guess = findNearest(text, values);
    return { fault: 'is not among its values', hint: guess && `did you mean '${guess}'?` };
  },
  print: (value) => value,
  describeAccepted({ values, items }) {
    if (items !== undefined) return items.noun;
    return values === undefined ? 'a text' : `one of ${values.join(', ')}`;
  },
};

/** Splits a list into items, without the spaces around them. */
export const splitItems = (text: string): string[] => text.split(',').map((item) => item.trim());

/** Checks that every item of a list is allowed, in any case. */
function readItems(text: string, { allowed }: ListItems): ParseResult<string> {
  const names = new Set(allowed.map((name) => name.toUpperCase()));
  const unknown = splitItems(text).find((item) => !names.has(item.toUpperCase()));
  if (unknown === undefined) return { value: text };
  if (unknown === '') return { fault: 'has an item that is empty' };
  const guess = findNearest(unknown.toUpperCase(), allowed);
  return {
    fault: `has '${unknown}', which is not one of them`,
    hint: guess && `did you mean '${guess}'?`,
  };
}

/** Whether the text is `pattern:VALUE,pattern:VALUE,…`. The last colon of an item separates both. */
function isPatternList(text: string, isValue: (value: string) => boolean): boolean {
  return text.split(',').every((item) => {
    const colon = item.lastIndexOf(':');
    return colon > 0 && !isBlank(item.slice(0, colon)) && isValue(item.slice(colon + 1));
  });
}

/** Sizes in a size_list are block sizes, so multiples of a sector. */
const SECTOR_BYTES = 512;

const sizeList: OptionRules<string> = {
  parse(text, spec) {
    const isSize = (item: string): boolean => {
      const parsed = sizet.parse(item, spec);
      return 'value' in parsed && parsed.value % SECTOR_BYTES === 0;
    };
    const isList = isSize(text) || isPatternList(text, isSize);
    return isList ? { value: text } : { fault: 'is not accepted' };
  },
  print: (value) => value,
  describeAccepted(spec) {
    const noun = `a size, or PATTERN:SIZE with commas between (each a multiple of ${SECTOR_BYTES})`;
    return describeBounds(noun, spec, printSize);
  },
};

/**
 * The rules of every option type. Types, syntax and units are GlusterFS's, with these differences:
 * - an empty value is an error for every type but any (there the option is silently dropped);
 * - int: "-0" is 0 (there an error); beyond ±(2^53 − 1) is an error, as are sizes of 8PB and more;
 * - sizet: a bare K, M, G is an error with the right unit as a hint (there without one); a fraction
 *   needs a unit (there "1.5" is 1 byte);
 * - percent: keeps its fraction (there dropped);
 * - percent_or_sizet: sizes read as sizet does (there no B and no fraction);
 * - str: allowed values are literal (there glob patterns);
 * - path: only a whole component ".." is refused (there "/a../b" too, and "/a/.." not);
 * - double: decimal notation only, so neither "inf" nor "nan" nor "0x1p3";
 * - addr: a malformed address is an error (there a message and success, of which half is lost).
 */
export const optionTypes: { readonly [T in keyof ValueTypes]: OptionRules<ValueTypes[T]> } = {
  any: makeTextRules('any text', () => true),
  str,
  int,
  sizet,
  percent,
  percent_or_sizet: percentOrSize,
  bool,
  xlator: makeTextRules('the name of a volume of the graph', (text) => !isBlank(text)),
  path: makeTextRules(
    "an absolute path (it begins with '/' and has no '..')",
    (text) => text.startsWith('/') && !text.split('/').includes('..'),
  ),
  time: makeNumericRules(
    'a time in seconds, or with a unit s, m, h, d or w (such as 90, 10m or 1d)',
    readTime,
    printTime,
  ),
  double: makeNumericRules('a number', readDouble),
  addr: makeTextRules('a host name, an IPv4 or an IPv6 address', isAddress),
  addr_list: makeTextRules(
    'addresses or patterns (192.168.*, 10.0.0.0/8) with commas between, or /DIR(ADDRESS|ADDRESS),…',
    (text) => isAddressList(text) || isDirectoryList(text),
  ),
  client_auth_addr: makeTextRules(
    'addresses or patterns (*, 192.168.*, 10.0.0.0/8) with commas between',
    isAddressList,
  ),
  priority_list: makeTextRules(
    'PATTERN:PRIORITY with commas between, such as *.jpg:1,*.iso:3',
    (text) => isPatternList(text, (value) => 'value' in readInt(value)),
  ),
  size_list: sizeList,
};
