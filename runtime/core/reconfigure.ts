/**
 * Computes the option changes from a running graph to another description. Other volumes, types or connections,
 * and options that are not reconfigurable, need another graph; with one such error nothing changes.
 *
 * Source: GlusterFS `libglusterfs/src/graph.c`, `is_graph_topology_equal`, `graph_reconf`.
 */
import { GraphError } from './errors.ts';
import { checkOptions, type GivenOption, genericOptions, type Options } from './options.ts';
import type { VolumeSpec, Xlator } from './xlator.ts';

export interface OptionsChange {
  readonly xl: Xlator;
  readonly given: readonly GivenOption[];
  /** Values of all options, the generic ones included. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Instances whose options differ, in the graph's order. @throws {GraphError} */
export function reconfiguration(
  xlators: readonly Xlator[],
  specs: readonly VolumeSpec[],
): readonly OptionsChange[] {
  const problems = shapeDifferences(xlators, specs);
  if (problems.length > 0) throw new GraphError(problems);
  const volumes = specs.map((spec) => spec.name);
  const changes = xlators.flatMap((xl, at) => {
    const spec = specs[at]!;
    return sameOptions(xl.given, spec.options) ? [] : [{ xl, spec }];
  });
  const read = changes.map(({ xl, spec }) => readChange(xl, spec, volumes, problems));
  if (problems.length > 0) throw new GraphError(problems);
  return read;
}

/**
 * Like `reconfiguration`, for a description that may differ in other ways: returns the volumes that both
 * have and whose running instances accept the new options.
 */
export function partialReconfiguration(
  xlators: readonly Xlator[],
  specs: readonly VolumeSpec[],
): readonly OptionsChange[] {
  const volumes = specs.map((spec) => spec.name);
  return xlators.flatMap((xl) => {
    const spec = specs.find(({ name }) => name === xl.name);
    if (spec === undefined || spec.translator !== xl.translator) return [];
    if (sameOptions(xl.given, spec.options)) return [];
    const problems: string[] = [];
    const change = readChange(xl, spec, volumes, problems);
    return problems.length === 0 ? [change] : [];
  });
}

function shapeDifferences(xlators: readonly Xlator[], specs: readonly VolumeSpec[]): string[] {
  const shape = (name: string, type: string, below: readonly string[]): string =>
    JSON.stringify([name, type, below]);
  const before = xlators.map((xl) => shape(xl.name, xl.type, xl.childNames));
  const after = specs.map((spec) => shape(spec.name, spec.translator.type, spec.subvolumes));
  const where = (at: number): string => {
    const place = specs[at]?.where;
    return place === undefined ? '' : `${place}: `;
  };
  const at = after.findIndex((text, index) => text !== before[index]);
  if (at >= 0) {
    return [
      `${where(at)}volume '${specs[at]!.name}' is new, or has another type or other subvolumes: ` +
        'unmount and mount again',
    ];
  }
  const gone = xlators[specs.length];
  return gone === undefined ? [] : [`volume '${gone.name}' is gone: unmount and mount again`];
}

/** Whether a running instance accepts the options of a description. */
export function canReconfigure(xl: Xlator, spec: VolumeSpec, volumes: readonly string[]): boolean {
  const problems: string[] = [];
  if (!sameOptions(xl.given, spec.options)) readChange(xl, spec, volumes, problems);
  return problems.length === 0;
}

const sameOptions = (a: readonly GivenOption[], b: readonly GivenOption[]): boolean =>
  a.length === b.length &&
  a.every((option, at) => option.key === b[at]!.key && option.value === b[at]!.value);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function readChange(
  xl: Xlator,
  { name, options, where }: VolumeSpec,
  volumes: readonly string[],
  problems: string[],
): OptionsChange {
  const { translator } = xl;
  const table: Options = { ...genericOptions, ...translator.options };
  const how = { open: translator.openOptions ?? false, volumes };
  const { values, problems: found } = checkOptions(table, options, how);
  const place = where ?? `volume '${name}'`;
  for (const problem of found) {
    if (problem.severity === 'error')
      problems.push(`${problem.where ?? place}: ${problem.message}`);
  }
  const before: Readonly<Record<string, unknown>> = checkOptions(table, xl.given, how).values;
  for (const [key, value] of Object.entries(values)) {
    const { reconfigurable } = table[key]!;
    if (same(value, before[key]) || key in genericOptions) continue;
    if (reconfigurable && translator.reconfigure !== undefined) continue;
    const line = options.findLast((option) => option.key === key)?.where ?? place;
    problems.push(`${line}: option '${key}' cannot change while the volume runs; mount it anew`);
  }
  return { xl, given: options, values };
}
