/**
 * Collects the words that the playground's editor completes, with their explanations: fops and
 * options from the tables of the reference, and members such as `frame.wind` and `loc.name` from
 * the declarations of the Python and JavaScript APIs. static-files.ts embeds them in the page.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeArgument, fopDocs } from '../../runtime/core/fop-docs.ts';
import { type Arg, fops, toCamelCase } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { genericOptions, type OptionSpec, type Options } from '../../runtime/core/options.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { Registry } from '../../runtime/volfile/registry.ts';
import type { ArgumentHelp, EditorHelp, MemberHelp, ModuleHelp, OptionHelp } from './page-data.ts';

/** Makes the name of an argument's class in the declarations: its type with a capital (`Loc`). */
const makeArgumentClassName = ({ type }: Arg): string => type[0]!.toUpperCase() + type.slice(1);
/** The arguments and reply parts of all fops. */
const allArguments = fops.flatMap(({ args, reply }) => [...args, ...reply]);
/** Maps the names of all arguments, in a language's spelling, to their classes. */
const mapArgumentClasses = (spell: (name: string) => string): Record<string, string> =>
  Object.fromEntries(allArguments.map((arg) => [spell(arg.name), makeArgumentClassName(arg)]));

/** Names of fops and callbacks in both languages: a translator defines, but never calls them. */
const FOP_METHODS = new Set(
  fops.flatMap(({ name }) =>
    ['', '_cbk', '_cancel', 'Cbk', 'Cancel'].map((suffix) => name + suffix),
  ),
);
const isFopMethod = (name: string): boolean => FOP_METHODS.has(name);

/** Reads a file of declarations. @param path within the package */
const readDeclarations = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');
const PYTHON_FILE = 'python/glupy/__init__.pyi';
const JAVASCRIPT_FILE = 'javascript/glossa.gen.d.ts';

/**
 * Collects all words and explanations.
 * @param types types of the translators that run in a browser
 */
export function collectEditorHelp(registry: Registry, types: readonly string[]): EditorHelp {
  return {
    fops: fops.map(({ name: fop, args, reply }) => {
      const makeArgumentHelp = ({ name }: Arg): ArgumentHelp => ({
        name,
        description: describeArgument(fop as FopName, name),
      });
      const { summary: description } = fopDocs[fop as FopName];
      return {
        name: fop,
        description,
        args: args.map(makeArgumentHelp),
        reply: reply.map(makeArgumentHelp),
      };
    }),
    python: makeModuleHelp(
      parsePythonClasses(readDeclarations(PYTHON_FILE)),
      'self',
      mapArgumentClasses(String),
    ),
    javascript: makeModuleHelp(
      parseJavaScriptClasses(readDeclarations(JAVASCRIPT_FILE)),
      'this',
      mapArgumentClasses(toCamelCase),
    ),
    types: [...types].sort().map((type) => {
      const { description, options } = registry.lookup(type)!;
      return {
        type,
        description,
        options: makeOptionHelp({ ...options, ...genericOptions }),
      };
    }),
  };
}

/** Makes the explanations of a translator's options. */
const makeOptionHelp = (options: Options): OptionHelp[] =>
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

/** The members of each class, by its name. */
type Classes = ReadonlyMap<string, readonly MemberHelp[]>;

/** Joins the lines of a comment to one line for each paragraph and tag. */
const formatProse = (comment = ''): string =>
  comment
    .replace(/^ *\* ?/gm, '')
    .trim()
    .split(/\n\s*\n|\n(?=@)/)
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .join('\n');

/** Joins the lines of code, and removes spaces inside brackets and trailing commas. */
const joinCodeLines = (code: string): string =>
  code
    .replace(/\s+/g, ' ')
    .replace(/\( | \)|,\s*(?=\))/g, (match) => match.trim().replace(',', ''))
    .replace(/,\)/g, ')');

// ---- Python

/** Matches a class of a stub file. Groups: name, docstring, body. */
const PYTHON_CLASS_PATTERN =
  /^class (\w+)[^\n]*:\n(?:\n? {4}"""([\s\S]*?)"""\n)?((?:(?: {4}[^\n]*)?\n)*)/gm;
/**
 * Matches a member of such a class. Groups: decorator; method, arguments, result, or attribute,
 * type; docstring.
 */
const PYTHON_MEMBER_PATTERN =
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
  const classes = [...stub.matchAll(PYTHON_CLASS_PATTERN)].map(([, name, comment, body]) => {
    const attributeDocs = parseAttributeDocs(comment);
    const members = [...body!.matchAll(PYTHON_MEMBER_PATTERN)].map(
      ([, decorator, method, args, result, attribute, type, docstring]): MemberHelp => {
        const memberName = (method ?? attribute)!;
        const description =
          docstring === undefined ? (attributeDocs.get(memberName) ?? '') : formatProse(docstring);
        const isCall = method !== undefined && decorator !== 'property';
        const code = isCall ? args!.replace(/\(\s*(?:self|cls)\b(?:,\s*)?/, '(') : '';
        return {
          name: memberName,
          args: joinCodeLines(code),
          type: joinCodeLines(type ?? result!),
          description,
        };
      },
    );
    return [name!, members] as const;
  });
  return new Map(classes);
}

// ---- JavaScript

/** Matches a class or interface of a declaration file. Groups: name, rest of the line, body. */
const JAVASCRIPT_CLASS_PATTERN =
  /^ {2}(?:export )?(?:class|interface) (\w+)([^\n]*) \{(?:\}|\n([\s\S]*?)^ {2}\})/gm;
/** Matches a member of such a class. Groups: comment, name, arguments, type. */
const JAVASCRIPT_MEMBER_PATTERN =
  /^ {4}(?:\/\*\*([\s\S]*?)\*\/\n {4})?(?:readonly |static )*(?!constructor)(\w+)\??(\([\s\S]*?\))?: ([^\n]*?);\n/gm;

/** Parses the base classes of a declaration, without those in type parameters. */
function parseBaseClasses(head: string): readonly string[] {
  let declaration = head;
  while (/<[^<>]*>/.test(declaration)) declaration = declaration.replace(/<[^<>]*>/g, '');
  return /extends (.*)/.exec(declaration)?.[1]?.split(', ') ?? [];
}

/** Parses a declaration file (.d.ts); each class has the members of its bases, too. */
function parseJavaScriptClasses(types: string): Classes {
  const bases = new Map<string, Set<string>>();
  const membersByClass = new Map<string, MemberHelp[]>();
  for (const [, name, head, body = ''] of types.matchAll(JAVASCRIPT_CLASS_PATTERN)) {
    const members = [...body.matchAll(JAVASCRIPT_MEMBER_PATTERN)].map(
      ([, comment, member, args = '', type]): MemberHelp => {
        return {
          name: member!,
          args: joinCodeLines(args),
          type: type!,
          description: formatProse(comment),
        };
      },
    );
    // TypeScript merges several declarations of one class.
    membersByClass.set(name!, [...(membersByClass.get(name!) ?? []), ...members]);
    bases.set(name!, new Set([...(bases.get(name!) ?? []), ...parseBaseClasses(head!)]));
  }
  const listAllMembers = (name: string): MemberHelp[] => [
    ...(membersByClass.get(name) ?? []),
    ...[...(bases.get(name) ?? [])].flatMap(listAllMembers),
  ];
  return new Map([...membersByClass.keys()].map((name) => [name, listAllMembers(name)]));
}

// ---- both

/** The class that translators extend, in both languages. */
const TRANSLATOR_CLASS = 'Translator';

/**
 * Collects the classes that methods of a translator meet, and the usual names of their objects.
 * @param self the name of the translator in its methods
 * @param argumentClasses classes of arguments, by name
 */
function makeModuleHelp(
  classes: Classes,
  self: string,
  argumentClasses: Readonly<Record<string, string>>,
): ModuleHelp {
  const classMembers: Record<string, readonly MemberHelp[]> = {};
  /** Adds a class, and the classes of its attributes. */
  const addClass = (name: string): void => {
    const allMembers = classes.get(name);
    if (allMembers === undefined || name in classMembers) return;
    const members = allMembers.filter(
      (member) => name !== TRANSLATOR_CLASS || !isFopMethod(member.name),
    );
    // Of several overloads only the first is kept, which has the explanation.
    classMembers[name] = members.filter(
      (member, index) => members.findIndex(({ name }) => name === member.name) === index,
    );
    for (const { args, type } of members) {
      if (args === '') for (const word of type.match(/\w+/g) ?? []) addClass(word);
    }
  };
  for (const name of [TRANSLATOR_CLASS, 'Frame', ...Object.values(argumentClasses)]) addClass(name);
  // Variables are often named after their class.
  const variableNames = Object.keys(classMembers).map((name) => [
    name[0]!.toLowerCase() + name.slice(1),
    name,
  ]);
  const argumentNames = Object.entries(argumentClasses).filter(([, name]) => name in classMembers);
  return {
    names: Object.fromEntries([...variableNames, ...argumentNames, [self, TRANSLATOR_CLASS]]),
    classes: classMembers,
  };
}
