/** Rules for single tokens: numbers, prefixes of strings, operators, names that changed. */
import { type Edit, edit, type Findings, type Remark, type Rule, remark } from './edits.ts';
import type { PythonSource } from './statements.ts';
import type { Token } from './tokens.ts';

/** A rule that looks at one token at a time. */
const each =
  (look: (token: Token, index: number, source: PythonSource) => string | undefined): Rule =>
  (source) => ({
    edits: source.tokens.flatMap((token, index) => {
      const text = look(token, index, source);
      return text === undefined || text === token.text ? [] : [edit(index, index, text)];
    }),
  });

/** 0777 → 0o777, 10L → 10. */
export const numbers = each(({ kind, text }) => {
  if (kind !== 'number') return undefined;
  const short = text.replace(/[lL]$/, '');
  return /^0[0-7]*[1-7][0-7]*$/.test(short) ? `0o${short.replace(/^0+/, '')}` : short;
});

/** `<>` → `!=`. */
export const unequal = each(({ kind, text }) =>
  kind === 'op' && text === '<>' ? '!=' : undefined,
);

/** ur'…' → r'…', unless an escape in it would mean something else. */
export const rawStrings: Rule = (source) => {
  const edits: Edit[] = [];
  const remarks: Remark[] = [];
  source.tokens.forEach(({ kind, text }, index) => {
    if (kind !== 'string' || !/^[uU][rR]/.test(text)) return;
    if (/\\[uU]/.test(text)) {
      remarks.push(remark(source, index, "ur'…' with \\u in it: write the character itself"));
    } else edits.push(edit(index, index, text.slice(1)));
  });
  return { edits, remarks };
};

/** Names that are called something else, or something like it. */
const BUILTINS: Readonly<Record<string, string>> = {
  basestring: 'str',
  long: 'int',
  raw_input: 'input',
  unichr: 'chr',
  unicode: 'str',
  xrange: 'range',
};
const ATTRIBUTES: Readonly<Record<string, string>> = {
  iteritems: 'items',
  iterkeys: 'keys',
  itervalues: 'values',
  viewitems: 'items',
  viewkeys: 'keys',
  viewvalues: 'values',
};
const MEMBERS: Readonly<Record<string, string>> = {
  'os.getcwdu': 'getcwd',
  'sys.maxint': 'maxsize',
  'string.letters': 'ascii_letters',
  'string.lowercase': 'ascii_lowercase',
  'string.uppercase': 'ascii_uppercase',
};
/** Names in the module types that stood for what has a name anyway. */
const TYPES: Readonly<Record<string, string>> = {
  BooleanType: 'bool',
  BufferType: 'memoryview',
  ClassType: 'type',
  ComplexType: 'complex',
  DictType: 'dict',
  DictionaryType: 'dict',
  FloatType: 'float',
  IntType: 'int',
  ListType: 'list',
  LongType: 'int',
  NoneType: 'type(None)',
  ObjectType: 'object',
  SliceType: 'slice',
  StringType: 'str',
  StringTypes: 'str',
  TupleType: 'tuple',
  TypeType: 'type',
  UnicodeType: 'str',
  XRangeType: 'range',
};

/** Whether the source gives this name a meaning of its own. */
function isOwn(source: PythonSource, name: string): boolean {
  return source.tokens.some(({ kind, text }, index) => {
    if (kind !== 'name' || text !== name || source.is(source.before(index), '.')) return false;
    const before = source.text(source.before(index));
    const behind = source.text(source.after(index));
    const outside = source.tokens[index]!.depth === 0;
    return ['def', 'class', 'import', 'as', 'for'].includes(before) || (behind === '=' && outside);
  });
}

export const builtins: Rule = (source) => {
  const edits: Edit[] = [];
  const own = new Map<string, boolean>();
  source.tokens.forEach(({ kind, text, depth }, index) => {
    if (kind !== 'name' || !Object.hasOwn(BUILTINS, text)) return;
    if (source.is(source.before(index), '.', 'def')) return;
    // f(long=1): an argument's name.
    if (depth > 0 && source.is(source.after(index), '=')) return;
    if (!own.has(text)) own.set(text, isOwn(source, text));
    if (!own.get(text)) edits.push(edit(index, index, BUILTINS[text]!));
  });
  return { edits };
};

export const attributes = each(({ kind, text }, index, source) => {
  const dot = source.before(index);
  if (kind !== 'name' || !source.is(dot, '.')) return undefined;
  const member = MEMBERS[`${source.text(source.before(dot!))}.${text}`];
  if (member !== undefined) return member;
  const called = source.is(source.after(index), '(');
  return called && Object.hasOwn(ATTRIBUTES, text) ? ATTRIBUTES[text] : undefined;
});

/** types.StringType → str; what is imported from types by such a name is told. */
export const typeNames: Rule = (source) => {
  const edits: Edit[] = [];
  const remarks: Remark[] = [];
  source.tokens.forEach(({ kind, text }, index) => {
    if (kind !== 'name' || !Object.hasOwn(TYPES, text)) return;
    const dot = source.before(index);
    const module = dot === undefined ? undefined : source.before(dot);
    const [first, second] = source.statements.find((each) => each.includes(index)) ?? [];
    if (source.is(dot, '.') && source.text(module) === 'types') {
      edits.push(edit(module!, index, TYPES[text]!));
    } else if (source.is(first, 'from') && source.text(second) === 'types') {
      remarks.push(remark(source, index, `${text} is ${TYPES[text]}`));
    }
  });
  return { edits, remarks };
};

/** Modules of the standard library that have another name. */
const MODULES: Readonly<Record<string, string>> = {
  ConfigParser: 'configparser',
  Queue: 'queue',
  SocketServer: 'socketserver',
  StringIO: 'io',
  cPickle: 'pickle',
  cStringIO: 'io',
  __builtin__: 'builtins',
  copy_reg: 'copyreg',
  thread: '_thread',
};

/** `import Queue` → `import queue as Queue`, `from Queue import …` → `from queue import …`. */
export const imports: Rule = (source) => {
  const edits: Edit[] = [];
  for (const statement of source.statements) {
    const [first, second] = statement;
    if (source.is(first, 'from') && second !== undefined) {
      const name = MODULES[source.text(second)];
      if (name && source.is(source.after(second), 'import')) edits.push(edit(second, second, name));
    } else if (source.is(first, 'import')) {
      for (const part of source.split(statement.slice(1), ',')) {
        const [module, next] = part;
        const name = MODULES[source.text(module)];
        if (module === undefined || name === undefined || source.is(next, '.')) continue;
        const text = part.length === 1 ? `${name} as ${source.text(module)}` : name;
        edits.push(edit(module, module, text));
      }
    }
  }
  return { edits };
};

/** `a` in backticks → repr(a). */
export const backticks: Rule = (source) => {
  const marks = source.tokens.flatMap(({ kind, text }, index) =>
    kind === 'op' && text === '`' ? [index] : [],
  );
  const edits: Edit[] = [];
  for (let at = 0; at + 1 < marks.length; at += 2) {
    edits.push(edit(marks[at]!, marks[at]!, 'repr('), edit(marks[at + 1]!, marks[at + 1]!, ')'));
  }
  const odd = marks.length % 2 === 1;
  const remarks = odd ? [remark(source, marks.at(-1)!, 'a backtick without another')] : [];
  return odd ? { remarks } : ({ edits } satisfies Findings);
};
