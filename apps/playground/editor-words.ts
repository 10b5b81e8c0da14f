/**
 * Collects the words that the playground's editor completes: fops and options from the tables of
 * the reference, and members such as `frame.wind` and `loc.name` from the declarations of the
 * Python and JavaScript APIs. static-files.ts embeds them in the page.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeArgument, fopDocs } from '../../runtime/core/fop-docs.ts';
import { type Arg, fops, toCamelCase } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { genericOptions, type OptionSpec, type Options } from '../../runtime/core/options.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { Registry } from '../../runtime/volfile/make-graph.ts';
import type { ArgWords, MemberWords, ModuleWords, OptionWords, Words } from './page-data.ts';

/** Makes the name of an argument's class in the declarations: its type with a capital (`Loc`). */
const makeArgumentClassName = ({ type }: Arg): string => type[0]!.toUpperCase() + type.slice(1);
const ALL_ARGS = fops.flatMap(({ args, reply }) => [...args, ...reply]);
/** Maps the names of all arguments, in a language's spelling, to their classes. */
const mapArgumentClasses = (spell: (name: string) => string): Record<string, string> =>
  Object.fromEntries(ALL_ARGS.map((arg) => [spell(arg.name), makeArgumentClassName(arg)]));

/** Names of fops and callbacks in both languages: a translator defines, but never calls them. */
const FOP_METHODS = new Set(
  fops.flatMap(({ name }) =>
    ['', '_cbk', '_cancel', 'Cbk', 'Cancel'].map((suffix) => name + suffix),
  ),
);
const isFopMethod = (name: string): boolean => FOP_METHODS.has(name);

const readDeclarations = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');
const PYTHON_FILE = 'python/glupy/__init__.pyi';
const JAVASCRIPT_FILE = 'javascript/glossa.gen.d.ts';

/** Collects all words. @param types types of the translators that run in a browser */
export function collectWords(registry: Registry, types: readonly string[]): Words {
  return {
    fops: fops.map(({ name: fop, args, reply }) => {
      const makeArgWords = ({ name }: Arg): ArgWords => ({
        name,
        description: describeArgument(fop as FopName, name),
      });
      const { summary: description } = fopDocs[fop as FopName];
      return {
        name: fop,
        description,
        args: args.map(makeArgWords),
        reply: reply.map(makeArgWords),
      };
    }),
    python: makeModuleWords(
      parsePythonClasses(readDeclarations(PYTHON_FILE)),
      'self',
      mapArgumentClasses(String),
    ),
    javascript: makeModuleWords(
      parseJavaScriptClasses(readDeclarations(JAVASCRIPT_FILE)),
      'this',
      mapArgumentClasses(toCamelCase),
    ),
    types: [...types].sort().map((type) => {
      const { description, options } = registry.lookup(type)!;
      return {
        type,
        description,
        options: makeOptionWords({ ...options, ...genericOptions }),
      };
    }),
  };
}

const makeOptionWords = (options: Options): OptionWords[] =>
  Object.entries(options).map(([key, spec]) => ({
    key,
    type: spec.type,
    default: formatDefault(spec),
    values: spec.type === 'str' ? (spec.values ?? []) : spec.type === 'bool' ? ['on', 'off'] : [],
    description: spec.description,
  }));

/** Formats an option's default as in a volfile; null without one. */
function formatDefault({ default: value }: OptionSpec): string | null {
  if (value === undefined) return null;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

// ---- objects of modules

type Classes = ReadonlyMap<string, readonly MemberWords[]>;

/** Joins the lines of a comment to one line for each paragraph and tag. */
const formatProse = (comment = ''): string =>
  comment
    .replace(/^ *\* ?/gm, '')
    .trim()
    .split(/\n\s*\n|\n(?=@)/)
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .join('\n');

/** Joins the lines of code, and removes spaces inside brackets and trailing commas. */
const toOneLine = (code: string): string =>
  code
    .replace(/\s+/g, ' ')
    .replace(/\( | \)|,\s*(?=\))/g, (match) => match.trim().replace(',', ''))
    .replace(/,\)/g, ')');

// ---- Python

/** Groups: name, docstring, body. */
const PYTHON_CLASS =
  /^class (\w+)[^\n]*:\n(?:\n? {4}"""([\s\S]*?)"""\n)?((?:(?: {4}[^\n]*)?\n)*)/gm;
/** Groups: decorator; method, arguments, result, or attribute, type; docstring. */
const PYTHON_MEMBER =
  /^ {4}(?:@([\w.]+)\n {4})?(?:def ([a-z]\w*)(\([\s\S]*?\)) -> ([^\n]+?):(?: \.\.\.)?|([a-z]\w*): ([^\n=]+)[^\n]*)\n(?:\s*"""([\s\S]*?)""")?/gm;

/** Parses the explanations of attributes in a class's docstring: `name, type: the volume's.` */
function parseAttributeDocs(comment = ''): ReadonlyMap<string, string> {
  const sections = formatProse(comment).split(/(?:^|\n|(?<=[.;]) )(?=[a-z_]+(?:, [a-z_]+)*: )/);
  return new Map(
    sections.flatMap((part) => {
      const [, names = '', description = ''] = /^([a-z_, ]+): ([^\n]*)/.exec(part) ?? [];
      return names
        .split(', ')
        .map((name): [string, string] => [name, description.replace(/;$/, '.')]);
    }),
  );
}

/** Parses a stub file (.pyi). */
function parsePythonClasses(stub: string): Classes {
  const classes = [...stub.matchAll(PYTHON_CLASS)].map(([, name, comment, body]) => {
    const attributeDocs = parseAttributeDocs(comment);
    const members = [...body!.matchAll(PYTHON_MEMBER)].map(
      ([, decorator, method, args, result, attribute, type, docstring]): MemberWords => {
        const memberName = (method ?? attribute)!;
        const description =
          docstring === undefined ? (attributeDocs.get(memberName) ?? '') : formatProse(docstring);
        const isCall = method !== undefined && decorator !== 'property';
        const code = isCall ? args!.replace(/\(\s*(?:self|cls)\b(?:,\s*)?/, '(') : '';
        return {
          name: memberName,
          args: toOneLine(code),
          type: toOneLine(type ?? result!),
          description,
        };
      },
    );
    return [name!, members] as const;
  });
  return new Map(classes);
}

// ---- JavaScript

/** Groups: name, rest of the line, body. */
const JAVASCRIPT_CLASS =
  /^ {2}(?:export )?(?:class|interface) (\w+)([^\n]*) \{(?:\}|\n([\s\S]*?)^ {2}\})/gm;
/** Groups: comment, name, arguments, type. */
const JAVASCRIPT_MEMBER =
  /^ {4}(?:\/\*\*([\s\S]*?)\*\/\n {4})?(?:readonly |static )*(?!constructor)(\w+)\??(\([\s\S]*?\))?: ([^\n]*?);\n/gm;

/** Parses the base classes of a declaration, without those in type parameters. */
function parseBases(head: string): readonly string[] {
  let declaration = head;
  while (/<[^<>]*>/.test(declaration)) declaration = declaration.replace(/<[^<>]*>/g, '');
  return /extends (.*)/.exec(declaration)?.[1]?.split(', ') ?? [];
}

/** Parses a declaration file (.d.ts); each class has the members of its bases, too. */
function parseJavaScriptClasses(types: string): Classes {
  const bases = new Map<string, Set<string>>();
  const membersByClass = new Map<string, MemberWords[]>();
  for (const [, name, head, body = ''] of types.matchAll(JAVASCRIPT_CLASS)) {
    const members = [...body.matchAll(JAVASCRIPT_MEMBER)].map(
      ([, comment, member, args = '', type]): MemberWords => {
        return {
          name: member!,
          args: toOneLine(args),
          type: type!,
          description: formatProse(comment),
        };
      },
    );
    // TypeScript merges several declarations of one class.
    membersByClass.set(name!, [...(membersByClass.get(name!) ?? []), ...members]);
    bases.set(name!, new Set([...(bases.get(name!) ?? []), ...parseBases(head!)]));
  }
  const listAllMembers = (name: string): MemberWords[] => [
    ...(membersByClass.get(name) ?? []),
    ...[...(bases.get(name) ?? [])].flatMap(listAllMembers),
  ];
  return new Map([...membersByClass.keys()].map((name) => [name, listAllMembers(name)]));
}

// ---- both

const TRANSLATOR = 'Translator';

/**
 * Collects the classes that methods of a translator meet, and the usual names of their objects.
 * @param self the name of the translator in its methods
 * @param argumentClasses classes of arguments, by name
 */
function makeModuleWords(
  classes: Classes,
  self: string,
  argumentClasses: Readonly<Record<string, string>>,
): ModuleWords {
  const classMembers: Record<string, readonly MemberWords[]> = {};
  /** Adds a class, and the classes of its attributes. */
  const addClass = (name: string): void => {
    const allMembers = classes.get(name);
    if (allMembers === undefined || name in classMembers) return;
    const members = allMembers.filter((member) => name !== TRANSLATOR || !isFopMethod(member.name));
    // Of several overloads only the first is kept, which has the explanation.
    classMembers[name] = members.filter(
      (member, index) => members.findIndex(({ name }) => name === member.name) === index,
    );
    for (const { args, type } of members) {
      if (args === '') for (const word of type.match(/\w+/g) ?? []) addClass(word);
    }
  };
  for (const name of [TRANSLATOR, 'Frame', ...Object.values(argumentClasses)]) addClass(name);
  // Variables are often named after their class.
  const variableNames = Object.keys(classMembers).map((name) => [
    name[0]!.toLowerCase() + name.slice(1),
    name,
  ]);
  const argumentNames = Object.entries(argumentClasses).filter(([, name]) => name in classMembers);
  return {
    names: Object.fromEntries([...variableNames, ...argumentNames, [self, TRANSLATOR]]),
    classes: classMembers,
  };
}
