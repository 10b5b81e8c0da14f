/**
 * Collects the words of the playground's editor: fops and options from the tables of the reference,
 * and members such as `frame.wind` and `loc.name` from the declarations of the Python and
 * JavaScript APIs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeArgument, fopDocs } from '../../runtime/core/fop-docs.ts';
import { type Arg, fops, toCamelCase } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { genericOptions, type OptionSpec, type Options } from '../../runtime/core/options.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { Registry } from '../../runtime/volfile/activate.ts';
import type { ArgWords, MemberWords, ModuleWords, OptionWords, Words } from './page-data.ts';

/** The class of an argument in the declarations. */
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

/** Collects all words. @param types of translators that run in a browser */
export function wordsOf(registry: Registry, types: readonly string[]): Words {
  return {
    fops: fops.map(({ name: fop, args, reply }) => {
      const wordsOf = ({ name }: Arg): ArgWords => ({
        name,
        what: describeArgument(fop as FopName, name),
      });
      const { what } = fopDocs[fop as FopName];
      return { name: fop, what, args: args.map(wordsOf), reply: reply.map(wordsOf) };
    }),
    python: moduleWords(pythonClasses(declared(PYTHON)), 'self', argClasses(String), isFop),
    javascript: moduleWords(
      scriptClasses(declared(SCRIPT)),
      'this',
      argClasses(toCamelCase),
      isFop,
    ),
    types: [...types].sort().map((type) => {
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

// ---- objects of modules

type Classes = ReadonlyMap<string, readonly MemberWords[]>;

/** Lines of a comment as paragraphs. */
const proseOf = (comment = ''): string =>
  comment
    .replace(/^ *\* ?/gm, '')
    .trim()
    .split(/\n\s*\n|\n(?=@)/)
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .join('\n');

const oneLine = (code: string): string =>
  code
    .replace(/\s+/g, ' ')
    .replace(/\( | \)|,\s*(?=\))/g, (it) => it.trim().replace(',', ''))
    .replace(/,\)/g, ')');

// ---- Python

const PYTHON_CLASS =
  /^class (\w+)[^\n]*:\n(?:\n? {4}"""([\s\S]*?)"""\n)?((?:(?: {4}[^\n]*)?\n)*)/gm;
const PYTHON_MEMBER =
  /^ {4}(?:@([\w.]+)\n {4})?(?:def ([a-z]\w*)(\([\s\S]*?\)) -> ([^\n]+?):(?: \.\.\.)?|([a-z]\w*): ([^\n=]+)[^\n]*)\n(?:\s*"""([\s\S]*?)""")?/gm;

/** Attributes that the comment of a class explains: `name, type: the volume's.` */
function spokenOf(comment = ''): ReadonlyMap<string, string> {
  const said = proseOf(comment).split(/(?:^|\n|(?<=[.;]) )(?=[a-z_]+(?:, [a-z_]+)*: )/);
  return new Map(
    said.flatMap((part) => {
      const [, names = '', what = ''] = /^([a-z_, ]+): ([^\n]*)/.exec(part) ?? [];
      return names.split(', ').map((name): [string, string] => [name, what.replace(/;$/, '.')]);
    }),
  );
}

function pythonClasses(stub: string): Classes {
  const classes = [...stub.matchAll(PYTHON_CLASS)].map(([, name, comment, body]) => {
    const spoken = spokenOf(comment);
    const members = [...body!.matchAll(PYTHON_MEMBER)].map(
      ([, above, method, args, result, attribute, type, said]): MemberWords => {
        const own = (method ?? attribute)!;
        const what = said === undefined ? (spoken.get(own) ?? '') : proseOf(said);
        const isCall = method !== undefined && above !== 'property';
        const code = isCall ? args!.replace(/\(\s*(?:self|cls)\b(?:,\s*)?/, '(') : '';
        return { name: own, args: oneLine(code), type: oneLine(type ?? result!), what };
      },
    );
    return [name!, members] as const;
  });
  return new Map(classes);
}

// ---- JavaScript

const SCRIPT_CLASS =
  /^ {2}(?:export )?(?:class|interface) (\w+)([^\n]*) \{(?:\}|\n([\s\S]*?)^ {2}\})/gm;
const SCRIPT_MEMBER =
  /^ {4}(?:\/\*\*([\s\S]*?)\*\/\n {4})?(?:readonly |static )*(?!constructor)(\w+)\??(\([\s\S]*?\))?: ([^\n]*?);\n/gm;

/** Base classes of a declaration, without those in type parameters. */
function basesOf(head: string): readonly string[] {
  let plain = head;
  while (/<[^<>]*>/.test(plain)) plain = plain.replace(/<[^<>]*>/g, '');
  return /extends (.*)/.exec(plain)?.[1]?.split(', ') ?? [];
}

function scriptClasses(types: string): Classes {
  const bases = new Map<string, Set<string>>();
  const own = new Map<string, MemberWords[]>();
  for (const [, name, head, body = ''] of types.matchAll(SCRIPT_CLASS)) {
    const members = [...body.matchAll(SCRIPT_MEMBER)].map(
      ([, said, member, args = '', type]): MemberWords => {
        return { name: member!, args: oneLine(args), type: type!, what: proseOf(said) };
      },
    );
    // Declarations of one class may be merged.
    own.set(name!, [...(own.get(name!) ?? []), ...members]);
    bases.set(name!, new Set([...(bases.get(name!) ?? []), ...basesOf(head!)]));
  }
  const whole = (name: string): MemberWords[] => [
    ...(own.get(name) ?? []),
    ...[...(bases.get(name) ?? [])].flatMap(whole),
  ];
  return new Map([...own.keys()].map((name) => [name, whole(name)]));
}

// ---- both

const TRANSLATOR = 'Translator';

/**
 * @param self the name of the translator in its methods
 * @param named classes of arguments, by name
 * @param isFop whether a member is defined by translators, not called
 */
function moduleWords(
  classes: Classes,
  self: string,
  named: Readonly<Record<string, string>>,
  isFop: (name: string) => boolean,
): ModuleWords {
  const reached: Record<string, readonly MemberWords[]> = {};
  const reach = (name: string): void => {
    const all = classes.get(name);
    if (all === undefined || name in reached) return;
    const members = all.filter((it) => name !== TRANSLATOR || !isFop(it.name));
    // Of overloads, the first has the explanation.
    reached[name] = members.filter(
      (it, at) => members.findIndex((each) => each.name === it.name) === at,
    );
    for (const { args, type } of members) {
      if (args === '') for (const word of type.match(/\w+/g) ?? []) reach(word);
    }
  };
  for (const name of [TRANSLATOR, 'Frame', ...Object.values(named)]) reach(name);
  // Variables are often named after their class.
  const own = Object.keys(reached).map((name) => [name[0]!.toLowerCase() + name.slice(1), name]);
  const known = Object.entries(named).filter(([, name]) => name in reached);
  return { names: Object.fromEntries([...own, ...known, [self, TRANSLATOR]]), classes: reached };
}
