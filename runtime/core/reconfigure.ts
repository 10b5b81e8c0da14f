/**
 * Computes which options change when a running graph gets another description, for `Graph.reconfigure`. A description
 * with other volumes, types or subvolumes, or with changes of options that are not reconfigurable, needs another graph:
 * that throws, and nothing changes.
 *
 * Source: GlusterFS `libglusterfs/src/graph.c`, `is_graph_topology_equal`, `graph_reconf`.
 */
import { GraphError } from './errors.ts';
import { checkOptions, genericOptions, type Options, type VolfileOption } from './options.ts';
import type { VolumeSpec, Xlator } from './xlator.ts';

/** The new options of a running instance. */
export interface OptionsChange {
  readonly xl: Xlator;
  readonly volfileOptions: readonly VolfileOption[];
  /** Values of all options, the generic ones included. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Returns the instances whose options differ, in the graph's order.
 * @throws {GraphError} if the description needs another graph
 */
export function planReconfiguration(
  xlators: readonly Xlator[],
  specs: readonly VolumeSpec[],
): readonly OptionsChange[] {
  const shapeProblem = findShapeProblem(xlators, specs);
  if (shapeProblem !== null) throw new GraphError([shapeProblem]);
  const problems: string[] = [];
  const volumeNames = specs.map((spec) => spec.name);
  const changedVolumes = xlators.flatMap((xl, index) => {
    const spec = specs[index]!;
    return hasSameOptions(xl.volfileOptions, spec.options) ? [] : [{ xl, spec }];
  });
  const changes = changedVolumes.map(({ xl, spec }) =>
    checkChange(xl, spec, volumeNames, problems),
  );
  if (problems.length > 0) throw new GraphError(problems);
  return changes;
}

/**
 * Returns the changed options of the volumes that both graphs have, if their running instances accept them. The
 * description may add, remove or rearrange volumes.
 */
export function planPartialReconfiguration(
  xlators: readonly Xlator[],
  specs: readonly VolumeSpec[],
): readonly OptionsChange[] {
  const volumeNames = specs.map((spec) => spec.name);
  return xlators.flatMap((xl) => {
    const spec = specs.find(({ name }) => name === xl.name);
    if (spec === undefined || spec.translator !== xl.translator) return [];
    if (hasSameOptions(xl.volfileOptions, spec.options)) return [];
    const problems: string[] = [];
    const change = checkChange(xl, spec, volumeNames, problems);
    return problems.length === 0 ? [change] : [];
  });
}

/** Describes the first volume that differs in name, type or subvolumes; null if none differs. */
function findShapeProblem(xlators: readonly Xlator[], specs: readonly VolumeSpec[]): string | null {
  const encodeShape = (name: string, type: string, childNames: readonly string[]): string =>
    JSON.stringify([name, type, childNames]);
  const currentShapes = xlators.map((xl) => encodeShape(xl.name, xl.type, xl.childNames));
  const newShapes = specs.map((spec) =>
    encodeShape(spec.name, spec.translator.type, spec.subvolumes),
  );
  const describePosition = (index: number): string => {
    const position = specs[index]?.position;
    return position === undefined ? '' : `${position}: `;
  };
  const differingIndex = newShapes.findIndex((shape, index) => shape !== currentShapes[index]);
  if (differingIndex >= 0) {
    return (
      `${describePosition(differingIndex)}volume '${specs[differingIndex]!.name}' is new, ` +
      'or has another type or other subvolumes: unmount and mount again'
    );
  }
  const removed = xlators[specs.length];
  return removed === undefined ? null : `volume '${removed.name}' is gone: unmount and mount again`;
}

/** Whether a running instance accepts the options of a description. */
export function canReconfigure(
  xl: Xlator,
  spec: VolumeSpec,
  volumeNames: readonly string[],
): boolean {
  const problems: string[] = [];
  if (!hasSameOptions(xl.volfileOptions, spec.options))
    checkChange(xl, spec, volumeNames, problems);
  return problems.length === 0;
}

/** Whether both lists have the same keys and texts in the same order. */
const hasSameOptions = (a: readonly VolfileOption[], b: readonly VolfileOption[]): boolean =>
  a.length === b.length &&
  a.every((option, index) => option.key === b[index]!.key && option.value === b[index]!.value);

/** Whether two values of options are equal; they are plain data. */
const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Checks an instance's new options. Appends a message to `problems` for each that the instance cannot accept. */
function checkChange(
  xl: Xlator,
  { name, options, position }: VolumeSpec,
  volumeNames: readonly string[],
  problems: string[],
): OptionsChange {
  const { translator } = xl;
  const table: Options = { ...genericOptions, ...translator.options };
  const settings = { volumeNames };
  const { values, problems: optionProblems } = checkOptions(table, options, settings);
  const positionText = position ?? `volume '${name}'`;
  for (const problem of optionProblems) {
    if (problem.severity === 'error')
      problems.push(`${problem.position ?? positionText}: ${problem.message}`);
  }
  const current: Readonly<Record<string, unknown>> = checkOptions(
    table,
    xl.volfileOptions,
    settings,
  ).values;
  for (const [key, value] of Object.entries(values)) {
    const { reconfigurable } = table[key]!;
    if (isEqual(value, current[key]) || key in genericOptions) continue;
    if (reconfigurable && translator.reconfigure !== undefined) continue;
    const optionPosition = options.findLast((option) => option.key === key)?.position ?? position;
    problems.push(
      `${optionPosition}: option '${key}' cannot change while the volume runs; mount it anew`,
    );
  }
  return { xl, volfileOptions: options, values };
}
