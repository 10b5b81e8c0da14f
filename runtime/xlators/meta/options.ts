/**
 * Makes files of a running volume's options: a read returns the value, and a write reconfigures the volume,
 * as `glossa reload` does.
 *
 * Source: GlusterFS `xlators/meta/src/options-dir.c`, `option-file.c`, which have only the volfile's options,
 * and cannot be written.
 */
import { GraphError } from '../../core/errors.ts';
import { genericOptions, type OptionSpec, type Options, printOption } from '../../core/options.ts';
import { maskValue } from '../../core/secrets.ts';
import type { GraphView, Xlator } from '../../core/xlator.ts';
import { type Dir, makeChangingDir, makeFile, type Node, RefusedValue } from './nodes.ts';

/** Makes the folder of a volume's options: those of its type or module, and others that are set. */
export function makeOptionsDir(graph: GraphView, xl: Xlator): Dir {
  const { options, ownOptions } = xl.translator;
  const table: Options = { ...ownOptions?.(xl), ...options, ...genericOptions };
  const listOtherKeys = (): string[] =>
    xl.volfileOptions.map(({ key }) => key).filter((key) => findMainKey(table, key) === undefined);
  const isListed = (key: string): boolean =>
    Object.hasOwn(table, key) || listOtherKeys().includes(key);
  return makeChangingDir(
    () => [...new Set([...Object.keys(table), ...listOtherKeys()])],
    (key) => (isListed(key) ? makeOptionFile(graph, xl, key, table) : undefined),
  );
}

/** Returns the main key of an option by any of its keys. */
const findMainKey = (table: Options, key: string): string | undefined =>
  Object.hasOwn(table, key)
    ? key
    : Object.keys(table).find((mainKey) => table[mainKey]!.aliases?.includes(key));

/** Makes the file of an option, which is read-only unless the volume can reconfigure it. */
function makeOptionFile(graph: GraphView, xl: Xlator, key: string, table: Options): Node {
  const spec = Object.hasOwn(table, key) ? table[key] : undefined;
  const names = new Set([key, ...(spec?.aliases ?? [])]);
  const read = (): string => {
    const current = xl.volfileOptions.findLast((option) => names.has(option.key));
    return `${maskValue(key, current?.value ?? formatDefault(spec))}\n`;
  };
  if (!mayChange(xl, key)) {
    const readOnlyReason = `option '${key}' cannot change while the volume runs; mount it anew`;
    return makeFile(read, { readOnlyReason });
  }
  return makeFile(read, {
    write(value) {
      // A volfile cannot contain such a value either.
      if (value === '' || value.includes('\n')) {
        throw new RefusedValue([`option '${key}': it takes a line of text that is not empty`]);
      }
      const otherOptions = xl.volfileOptions.filter((option) => !names.has(option.key));
      applyOptions(graph, xl, [...otherOptions, { key, value }]);
    },
  });
}

/** Formats an option's default; '' without one. */
const formatDefault = (spec: OptionSpec | undefined): string =>
  spec?.default === undefined ? '' : printOption(spec, spec.default as never);

/** Whether an option may be written. Options outside of the type's table are a module's, which checks them itself. */
function mayChange(xl: Xlator, key: string): boolean {
  const { reconfigure, openOptions, options } = xl.translator;
  if (Object.hasOwn(genericOptions, key)) return true;
  if (reconfigure === undefined) return false;
  return Object.hasOwn(options, key)
    ? options[key]!.reconfigurable === true
    : openOptions !== undefined;
}

/** Reconfigures the graph with new options of one volume. @throws {RefusedValue} */
function applyOptions(graph: GraphView, xl: Xlator, options: Xlator['volfileOptions']): void {
  const specs = graph.xlators.map((volume) => ({
    name: volume.name,
    translator: volume.translator,
    options: volume === xl ? options : volume.volfileOptions,
    subvolumes: volume.childNames,
    position: volume.position,
  }));
  try {
    graph.reconfigure(specs);
  } catch (error) {
    if (error instanceof GraphError) throw new RefusedValue(error.problems);
    throw error;
  }
}
