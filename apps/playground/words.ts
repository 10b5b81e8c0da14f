/**
 * What the editor of the playground knows of fops, of options and of a module's objects: from what the
 * reference is from.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argDoc, fopDocs } from '../../runtime/core/fop-docs.ts';
import { type Arg, camel, fops } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { genericOptions, type OptionSpec, type Options } from '../../runtime/core/options.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { Registry } from '../../runtime/volfile/activate.ts';
import type { ArgWords, FopWords, OptionWords, TypeWords, Words } from './given.ts';
import { moduleWords, pythonClasses, scriptClasses } from './members.ts';

/** As the declarations name the class of an argument. */
const classOf = ({ type }: Arg): string => type[0]!.toUpperCase() + type.slice(1);
const ALL_ARGS = fops.flatMap(({ args, reply }) => [...args, ...reply]);
const argClasses = (named: (name: string) => string): Record<string, string> =>
  Object.fromEntries(ALL_ARGS.map((arg) => [named(arg.name), classOf(arg)]));

const METHODS = new Set(
  fops.flatMap(({ name }) => ['', '_cbk', '_cancel', 'Cbk', 'Cancel'].map((end) => name + end)),
);
const isFop = (name: string): boolean => METHODS.has(name);

const declared = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');
const PYTHON = 'python/glupy/__init__.pyi';
const SCRIPT = 'javascript/glossa.gen.d.ts';

/** @param types those that run in a browser */
export function wordsOf(registry: Registry, types: readonly string[]): Words {
  return {
    fops: fops.map((row): FopWords => {
      const argWords = ({ name }: Arg): ArgWords => ({
        name,
        what: argDoc(row.name as FopName, name),
      });
      return {
        name: row.name,
        what: fopDocs[row.name as FopName].what,
        args: row.args.map(argWords),
        reply: row.reply.map(argWords),
      };
    }),
    python: moduleWords(pythonClasses(declared(PYTHON)), 'self', argClasses(String), isFop),
    javascript: moduleWords(scriptClasses(declared(SCRIPT)), 'this', argClasses(camel), isFop),
    types: [...types].sort().map((type): TypeWords => {
      const { description, options } = registry.lookup(type)!;
      return { type, what: description, options: optionWords({ ...options, ...genericOptions }) };
    }),
  };
}

const optionWords = (options: Options): OptionWords[] =>
  Object.entries(options).map(([key, spec]) => ({
    key,
    type: spec.type,
    default: defaultOf(spec),
    values: spec.type === 'str' ? (spec.values ?? []) : spec.type === 'bool' ? ['on', 'off'] : [],
    what: spec.description,
  }));

function defaultOf({ default: value }: OptionSpec): string | null {
  if (value === undefined) return null;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}
