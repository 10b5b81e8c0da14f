/** What the editor of the playground knows of fops and of options: from the tables that the reference is from. */
import type { FopName } from '../../core/fops.gen.ts';
import { type Arg, fops } from '../../core/fops.ts';
import { genericOptions, type OptionSpec, type Options } from '../../core/options.ts';
import { argDoc, fopDocs } from '../../gen/fop-docs.ts';
import type { Registry } from '../../graph/activate.ts';
import type { ArgWords, FopWords, OptionWords, TypeWords, Words } from './given.ts';

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
