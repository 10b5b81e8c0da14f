/**
 * Volumes against what their types accept: is the type known, the number of subvolumes right,
 * every option known and well formed. The graph knows no translators: the caller hands in what
 * each declares.
 */
import { nearest } from '../core/nearest.ts';
import { checkOptions, genericOptions, type Options } from '../core/options.ts';
import { quote } from './printable.ts';
import type { Problems } from './problems.ts';
import { where } from './source.ts';
import type { LooseOption, LooseVolume } from './statements.ts';

/** The part of a translator's record that its volumes are checked against. */
export interface KnownType {
  /** Least and most subvolumes. */
  readonly children: readonly [min: number, max: number];
  readonly options: Options;
  /** Options beyond the table are the translator's own business. */
  readonly openOptions?: boolean | RegExp;
}

export interface TypeRegistry {
  /** The type of that exact name (`storage/posix`). */
  lookup(type: string): KnownType | undefined;
  /** All names, for "did you mean". */
  types(): Iterable<string>;
  /** Why a type is not there, which has not been mistyped; undefined for what nobody knows. */
  refuses?(type: string): string | undefined;
  /** Where types are loaded when they are named: all that this text may name, before it is checked. */
  loadFor?(text: string): Promise<void>;
}

/** With `strict`, an unknown option is an error instead of a warning. */
export function checkTypes(
  volumes: readonly LooseVolume[],
  registry: TypeRegistry,
  strict: boolean,
  problems: Problems,
): void {
  const names = volumes.map(({ name }) => name.text);
  for (const volume of volumes) {
    const { name, type } = volume;
    if (type === undefined || type.doubtful) continue;
    const known = registry.lookup(type.text);
    if (known === undefined) {
      const hint = problems.isEnough ? undefined : hintFor(type.text, registry);
      problems.add('unknown-type', type.at, [name.text, type.text], hint);
    } else {
      checkChildren(volume, type.text, known.children, problems);
      checkVolumeOptions(volume, type.text, known, { strict, volumes: names }, problems);
    }
  }
}

function hintFor(type: string, registry: TypeRegistry): string | undefined {
  const refused = registry.refuses?.(type);
  if (refused !== undefined) return refused;
  const meant = nearestType(type, [...registry.types()]);
  return meant === undefined ? undefined : `did you mean ${quote(meant)}?`;
}

/** Also finds a type by the part behind its '/', which is what people remember. */
function nearestType(type: string, types: readonly string[]): string | undefined {
  const last = (text: string) => text.slice(text.lastIndexOf('/') + 1);
  const wanted = last(type);
  return (
    types.find((known) => last(known) === wanted) ??
    nearest(type, types) ??
    types.find((known) => last(known) === nearest(wanted, types.map(last)))
  );
}

function checkChildren(
  { name, subvolumes, subvolumesDoubtful }: LooseVolume,
  type: string,
  [min, max]: readonly [number, number],
  problems: Problems,
): void {
  const has = subvolumes.length;
  if (subvolumesDoubtful || (has >= min && has <= max)) return;
  const at = subvolumes[max]?.at ?? name.at;
  problems.add('children-count', at, [name.text, type, neededChildren(min, max), count(has)]);
}

function neededChildren(min: number, max: number): string {
  const plural = (n: number) => `${count(n)} subvolume${n === 1 ? '' : 's'}`;
  if (max === 0) return 'takes no subvolumes';
  if (min === max) return `needs exactly ${plural(min)}`;
  if (max === Number.POSITIVE_INFINITY) return `needs at least ${plural(min)}`;
  if (min === 0) return `takes at most ${plural(max)}`;
  return `needs ${count(min)} to ${plural(max)}`;
}

const counts = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const count = (n: number): string => counts[n] ?? String(n);

const tables = new WeakMap<KnownType, Options>();

/** All options that a type's volumes may have; made once, for volumes by the thousand. */
function tableOf(known: KnownType): Options {
  let table = tables.get(known);
  if (table === undefined) {
    table = { ...genericOptions, ...known.options };
    tables.set(known, table);
  }
  return table;
}

function checkVolumeOptions(
  { name, options }: LooseVolume,
  type: string,
  known: KnownType,
  { strict, volumes }: { strict: boolean; volumes: readonly string[] },
  problems: Problems,
): void {
  const given = new Map<string, LooseOption>();
  for (const option of options) {
    if (!option.key.doubtful && !option.value.doubtful) given.set(where(option.key.at), option);
  }
  const checked = checkOptions(
    tableOf(known),
    [...given].map(([at, { key, value }]) => ({ key: key.text, value: value.text, where: at })),
    { open: known.openOptions ?? false, strict, volumes },
  );
  const unknown = new Set(checked.unknown.map((option) => option.where));
  for (const problem of checked.problems) {
    const { key, value } = given.get(problem.where!)!;
    const args: [string, string, string] = [name.text, type, problem.message];
    if (unknown.has(problem.where)) {
      problems.add(strict ? 'unknown-option-strict' : 'unknown-option', key.at, args);
    } else if (problem.severity === 'warning') {
      problems.add('doubtful-option', key.at, args);
    } else {
      problems.add('wrong-option', value.at, args);
    }
  }
}
