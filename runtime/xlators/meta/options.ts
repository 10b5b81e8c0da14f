/**
 * The options of a running volume as files: a read returns the value, and a write reconfigures the volume,
 * as `glossa reload` does.
 *
 * Source: GlusterFS `xlators/meta/src/options-dir.c`, `option-file.c`, which have only the volfile's options,
 * and cannot be written.
 */
import { GraphError } from '../../core/errors.ts';
import { genericOptions, type OptionSpec, type Options, printOption } from '../../core/options.ts';
import { shownValue } from '../../core/secrets.ts';
import type { GraphView, Xlator } from '../../core/xlator.ts';
import { type Dir, file, listed, type Node, Refusal } from './nodes.ts';

/** Returns the folder of a volume's options: those of its type or module, and others that are set. */
export function optionsDir(graph: GraphView, xl: Xlator): Dir {
  const { options, ownOptions } = xl.translator;
  const table: Options = { ...ownOptions?.(xl), ...options, ...genericOptions };
  const others = (): string[] =>
    xl.given.map(({ key }) => key).filter((key) => firstKey(table, key) === undefined);
  const isThere = (key: string): boolean => Object.hasOwn(table, key) || others().includes(key);
  return listed(
    () => [...new Set([...Object.keys(table), ...others()])],
    (key) => (isThere(key) ? optionFile(graph, xl, key, table) : undefined),
  );
}

/** Returns the main key of an option by any of its keys. */
const firstKey = (table: Options, key: string): string | undefined =>
  Object.hasOwn(table, key)
    ? key
    : Object.keys(table).find((first) => table[first]!.aliases?.includes(key));

function optionFile(graph: GraphView, xl: Xlator, key: string, table: Options): Node {
  const spec = Object.hasOwn(table, key) ? table[key] : undefined;
  const names = new Set([key, ...(spec?.aliases ?? [])]);
  const read = (): string => {
    const given = xl.given.findLast((option) => names.has(option.key));
    return `${shownValue(key, given?.value ?? defaultOf(spec))}\n`;
  };
  if (!mayChange(xl, key)) {
    const readOnly = `option '${key}' cannot change while the volume runs; mount it anew`;
    return file(read, { readOnly });
  }
  return file(read, {
    write(value) {
      // A volfile cannot contain such a value either.
      if (value === '' || value.includes('\n')) {
        throw new Refusal([`option '${key}': it takes a line of text that is not empty`]);
      }
      const kept = xl.given.filter((option) => !names.has(option.key));
      applyOptions(graph, xl, [...kept, { key, value }]);
    },
  });
}

const defaultOf = (spec: OptionSpec | undefined): string =>
  spec?.default === undefined ? '' : printOption(spec, spec.default as never);

/** Whether an option may be written; a module checks its own options itself. */
function mayChange(xl: Xlator, key: string): boolean {
  const { reconfigure, openOptions, options } = xl.translator;
  if (Object.hasOwn(genericOptions, key)) return true;
  if (reconfigure === undefined) return false;
  return Object.hasOwn(options, key)
    ? options[key]!.reconfigurable === true
    : openOptions !== undefined;
}

/** @throws {Refusal} */
function applyOptions(graph: GraphView, xl: Xlator, given: Xlator['given']): void {
  const specs = graph.xlators.map((each) => ({
    name: each.name,
    translator: each.translator,
    options: each === xl ? given : each.given,
    subvolumes: each.childNames,
    where: each.where,
  }));
  try {
    graph.reconfigure(specs);
  } catch (error) {
    if (error instanceof GraphError) throw new Refusal(error.problems);
    throw error;
  }
}
