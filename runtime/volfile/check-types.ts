/**
 * Checks volumes against their types: the type must be known, the number of subvolumes right, and each option known
 * and well formed. The caller passes the registry of types.
 */
import { findNearest } from '../core/nearest.ts';
import { checkOptions, genericOptions, type Options } from '../core/options.ts';
import { quote } from './printable-text.ts';
import type { Problems } from './problems.ts';
import { formatPlace } from './source.ts';
import type { LooseOption, LooseVolume } from './statements.ts';

/** The part of a translator's record that its volumes are checked against. */
export interface KnownType {
  /** Smallest and largest number of subvolumes. */
  readonly children: readonly [min: number, max: number];
  readonly options: Options;
  /** Whether the translator accepts options beyond the table, or those that match. */
  readonly openOptions?: boolean | RegExp;
}

/** The types of translators that volumes may have. */
export interface TypeRegistry {
  /** Finds the type of that exact name (`storage/posix`). */
  lookup(type: string): KnownType | undefined;
  /** Lists the names of all types, for "did you mean". */
  listTypeNames(): Iterable<string>;
  /** Explains why glossa lacks a type of GlusterFS; undefined for an unknown name. */
  explainRefusal?(type: string): string | undefined;
  /** Loads the types that a text may name, before it is checked. */
  loadTypesIn?(text: string): Promise<void>;
}

/** Adds each mistake to `problems`. @param strict whether an unknown option is an error, not a warning */
export function checkTypes(
  volumes: readonly LooseVolume[],
  registry: TypeRegistry,
  strict: boolean,
  problems: Problems,
): void {
  const names = volumes.map(({ name }) => name.text);
  for (const volume of volumes) {
    const { name, type } = volume;
    if (type === undefined || type.hasMistake) continue;
    const knownType = registry.lookup(type.text);
    if (knownType === undefined) {
      const hint = problems.isFull ? undefined : findHint(type.text, registry);
      problems.add('unknown-type', type.place, [name.text, type.text], hint);
    } else {
      checkChildren(volume, type.text, knownType.children, problems);
      checkVolumeOptions(volume, type.text, knownType, { strict, volumes: names }, problems);
    }
  }
}

/** Finds the hint for an unknown type: why glossa lacks it, or the type that was probably meant. */
function findHint(type: string, registry: TypeRegistry): string | undefined {
  const reason = registry.explainRefusal?.(type);
  if (reason !== undefined) return reason;
  const suggestion = findNearestType(type, [...registry.listTypeNames()]);
  return suggestion === undefined ? undefined : `did you mean ${quote(suggestion)}?`;
}

/** Finds the type that was probably meant, also by the part after its '/', which users remember best. */
function findNearestType(type: string, types: readonly string[]): string | undefined {
  const getLastPart = (text: string) => text.slice(text.lastIndexOf('/') + 1);
  const name = getLastPart(type);
  return (
    types.find((known) => getLastPart(known) === name) ??
    findNearest(type, types) ??
    types.find((known) => getLastPart(known) === findNearest(name, types.map(getLastPart)))
  );
}

/** Reports a wrong number of subvolumes, at the first surplus one or at the volume's name. */
function checkChildren(
  { name, subvolumes, haveSubvolumesMistake }: LooseVolume,
  type: string,
  [min, max]: readonly [number, number],
  problems: Problems,
): void {
  const actual = subvolumes.length;
  if (haveSubvolumesMistake || (actual >= min && actual <= max)) return;
  const place = subvolumes[max]?.place ?? name.place;
  problems.add('children-count', place, [
    name.text,
    type,
    describeNeededChildren(min, max),
    actual === 0 ? 'no subvolumes' : formatCount(actual),
  ]);
}

/** Describes the required number of subvolumes, such as `needs at least two subvolumes`. */
function describeNeededChildren(min: number, max: number): string {
  const formatSubvolumes = (n: number) => `${formatCount(n)} subvolume${n === 1 ? '' : 's'}`;
  if (max === 0) return 'takes no subvolumes';
  if (min === max) return `needs exactly ${formatSubvolumes(min)}`;
  if (max === Number.POSITIVE_INFINITY) return `needs at least ${formatSubvolumes(min)}`;
  if (min === 0) return `takes at most ${formatSubvolumes(max)}`;
  return `needs ${formatCount(min)} to ${formatSubvolumes(max)}`;
}

const COUNT_WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
/** Formats a number as a word up to nine, else in digits. */
const formatCount = (n: number): string => COUNT_WORDS[n] ?? String(n);

/** A cache for `findOptionTable`. */
const optionTables = new WeakMap<KnownType, Options>();

/** Finds all options of a type, generic ones included; cached, as a volfile may have thousands of volumes. */
function findOptionTable(known: KnownType): Options {
  let table = optionTables.get(known);
  if (table === undefined) {
    table = { ...genericOptions, ...known.options };
    optionTables.set(known, table);
  }
  return table;
}

/** Reports a volume's unknown and wrong options. */
function checkVolumeOptions(
  { name, options }: LooseVolume,
  type: string,
  known: KnownType,
  { strict, volumes }: { strict: boolean; volumes: readonly string[] },
  problems: Problems,
): void {
  const optionsByPosition = new Map<string, LooseOption>();
  for (const option of options) {
    if (!option.key.hasMistake && !option.value.hasMistake)
      optionsByPosition.set(formatPlace(option.key.place), option);
  }
  const checked = checkOptions(
    findOptionTable(known),
    [...optionsByPosition].map(([position, { key, value }]) => ({
      key: key.text,
      value: value.text,
      position,
    })),
    { openOptions: known.openOptions ?? false, strict, volumeNames: volumes },
  );
  const unknown = new Set(checked.unknown.map((option) => option.position));
  for (const problem of checked.problems) {
    const { key, value } = optionsByPosition.get(problem.position!)!;
    const args: [string, string, string] = [name.text, type, problem.message];
    if (unknown.has(problem.position)) {
      problems.add(strict ? 'unknown-option-strict' : 'unknown-option', key.place, args);
    } else if (problem.severity === 'warning') {
      problems.add('doubtful-option', key.place, args);
    } else {
      problems.add('wrong-option', value.place, args);
    }
  }
}
