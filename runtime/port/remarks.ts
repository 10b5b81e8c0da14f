/** What is told and not changed: it may be right, or only a person knows what is meant. */
import { type Remark, type Rule, remark } from './edits.ts';
import type { PythonSource } from './statements.ts';

const CALLED: Readonly<Record<string, string>> = {
  apply: 'apply(f, args) is f(*args)',
  buffer: 'buffer is memoryview',
  cmp: 'cmp is gone: compare with < and ==, or by a key',
  coerce: 'coerce is gone',
  execfile: 'execfile is gone: exec(open(name).read())',
  file: 'file(...) is open(...)',
  intern: 'intern is sys.intern',
  reduce: 'reduce is functools.reduce',
  reload: 'reload is importlib.reload',
};
const MODULES: Readonly<Record<string, string>> = {
  UserDict: 'UserDict is collections.UserDict',
  exceptions: 'exceptions need no import',
  md5: 'md5 is hashlib.md5',
  sets: 'sets.Set is set',
  sha: 'sha is hashlib.sha1',
  commands: 'commands is gone: subprocess, which is not to be had in a translator',
  urllib2: 'urllib2 is urllib.request, and a translator has no network',
  urlparse: 'urlparse is urllib.parse',
};
const DEFINED: Readonly<Record<string, string>> = {
  __div__: '__div__ is __truediv__',
  __getslice__: '__getslice__ is never asked: __getitem__ gets a slice',
  __cmp__: '__cmp__ is never asked: write __eq__ and __lt__',
  __nonzero__: '__nonzero__ is __bool__',
  __unicode__: '__unicode__ is __str__',
  next: 'an iterator has __next__ instead of next',
};
const MEMBERS: Readonly<Record<string, string>> = {
  'itertools.ifilter': 'itertools.ifilter is filter',
  'itertools.imap': 'itertools.imap is map',
  'itertools.izip': 'itertools.izip is zip',
  'string.atoi': 'string.atoi(text) is int(text)',
  'string.find': 'string.find(text, part) is text.find(part)',
  'string.join': 'string.join(words, sep) is sep.join(words)',
  'string.lower': 'string.lower(text) is text.lower()',
  'string.maketrans': 'string.maketrans is bytes.maketrans or str.maketrans',
  'string.replace': 'string.replace(text, a, b) is text.replace(a, b)',
  'string.split': 'string.split(text) is text.split()',
  'string.strip': 'string.strip(text) is text.strip()',
  'string.upper': 'string.upper(text) is text.upper()',
  'sys.setdefaultencoding': 'sys.setdefaultencoding is gone, and not needed',
  'types.FileType': 'types.FileType is io.IOBase',
  'types.InstanceType': 'types.InstanceType is gone: every object has a class',
  'sys.exc_clear': 'sys.exc_clear is gone',
};
const LISTS = ['keys', 'values', 'items', 'map', 'filter', 'zip'];

export const told: Rule = (source) => ({
  remarks: [...names(source), ...lists(source), ...parameters(source), ...divisions(source)].concat(
    [...codecs(source), ...comparisons(source)],
  ),
});

const own = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

function* names(source: PythonSource): Generator<Remark> {
  for (const [index, { kind, text }] of source.tokens.entries()) {
    if (kind !== 'name') continue;
    const before = source.before(index);
    const isMember = source.is(before, '.');
    const owner = isMember ? source.text(source.before(before!)) : '';
    const called = !isMember && source.is(source.after(index), '(');
    const imported = source.is(before, 'import', 'from');
    const said = source.is(before, 'def')
      ? own(DEFINED, text)
      : imported
        ? own(MODULES, text)
        : isMember
          ? own(MEMBERS, `${owner}.${text}`)
          : called
            ? own(CALLED, text)
            : text === '__metaclass__'
              ? '__metaclass__ is never looked at: class X(metaclass=M)'
              : undefined;
    if (said !== undefined) yield remark(source, index, said);
  }
}

/** d.keys()[0], d.keys().sort(), map(...)[0]: what is no list any more. */
function* lists(source: PythonSource): Generator<Remark> {
  for (const [index, { kind, text }] of source.tokens.entries()) {
    const open = source.after(index);
    if (kind !== 'name' || !LISTS.includes(text) || !source.is(open, '(')) continue;
    const close = source.closing(open!);
    const behind = close === undefined ? undefined : source.after(close);
    const sorted = source.is(behind, '.') && source.is(source.after(behind!), 'sort');
    const indexed = source.is(behind, '[') && source.line(behind!) === source.line(close!);
    if (indexed || sorted) {
      yield remark(source, index, `${text}(...) is no list any more: list(...) or sorted(...)`);
    }
  }
}

const CODECS: Readonly<Record<string, string>> = {
  'encode hex': 'bytes(x).hex(), or x.encode().hex() of a text',
  'decode hex': 'bytes.fromhex(x)',
  'encode base64': 'base64.b64encode(x)',
  'decode base64': 'base64.b64decode(x)',
  'encode zlib': 'zlib.compress(x)',
  'decode zlib': 'zlib.decompress(x)',
  'encode rot13': "codecs.encode(x, 'rot13')",
  'decode rot13': "codecs.decode(x, 'rot13')",
};

/** x.encode('hex'): what makes no bytes of a text. */
function* codecs(source: PythonSource): Generator<Remark> {
  for (const [index, { kind, text }] of source.tokens.entries()) {
    if (kind !== 'name' || !source.is(source.before(index), '.')) continue;
    const open = source.after(index);
    if (!source.is(open, '(')) continue;
    const coding = source.text(source.after(open!)).replace(/^[bu]?(['"])(.*)\1$/, '$2');
    const said = own(CODECS, `${text} ${coding.toLowerCase().replaceAll(/[-_]/g, '')}`);
    if (said !== undefined) yield remark(source, index, `x.${text}('${coding}') is ${said}`);
  }
}

/** sorted(x, cmp=f), x.sort(f), x.sort(lambda a, b: …). */
function* comparisons(source: PythonSource): Generator<Remark> {
  for (const [index, { kind, text }] of source.tokens.entries()) {
    const open = source.after(index);
    if (kind !== 'name' || (text !== 'sort' && text !== 'sorted') || !source.is(open, '('))
      continue;
    const close = source.closing(open!) ?? open!;
    const isMethod = source.is(source.before(index), '.');
    const first = source.after(open!);
    const plain = !source.is(first, ')', 'key', 'reverse', '*', '**');
    const named = source.tokens.some(
      (_, at) =>
        at > open! && at < close && source.is(at, 'cmp') && source.is(source.after(at), '='),
    );
    if (named || (isMethod && text === 'sort' && plain)) {
      yield remark(source, index, `${text} takes no cmp: key=functools.cmp_to_key(f)`);
    }
  }
}

/** def f(a, (b, c)), lambda (a, b): x. */
function* parameters(source: PythonSource): Generator<Remark> {
  for (const [index, token] of source.tokens.entries()) {
    if (token.kind !== 'name') continue;
    const next = source.after(index);
    if (token.text === 'lambda' && source.is(next, '(')) {
      yield remark(source, index, 'a parameter cannot be a tuple: lambda x: … x[0] …');
    }
    if (token.text !== 'def' || next === undefined) continue;
    const open = source.after(next);
    const close = source.is(open, '(') ? source.closing(open!) : undefined;
    for (let at = open ?? 0; close !== undefined && at < close; at += 1) {
      const { depth } = source.tokens[at]!;
      const inside = depth === source.tokens[open!]!.depth + 1;
      if (inside && source.is(at, '(') && source.is(source.before(at), ',', '(')) {
        yield remark(source, at, 'a parameter cannot be a tuple: take it apart in the function');
      }
    }
  }
}

const FUTURE = /^from\s+__future__\s+import\s[\s\S]*\bdivision\b/;

/** Whole numbers divided by / gave a whole number. */
function* divisions(source: PythonSource): Generator<Remark> {
  if (source.statements.some((statement) => FUTURE.test(source.of(statement)))) return;
  for (const [index, { kind }] of source.tokens.entries()) {
    if (kind !== 'op' || !source.is(index, '/', '/=')) continue;
    const sides = [source.before(index), source.after(index)].map((at) => source.text(at));
    if (sides.some((side) => /^\d*\.\d|^\d+\.|^float$/.test(side))) continue;
    const { text } = source.tokens[index]!;
    yield remark(source, index, `${text} of whole numbers gives a fraction: is /${text} meant?`);
  }
}
