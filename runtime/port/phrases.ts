/** Rules for expressions: calls that are written another way. */
import { type Edit, edit, type Remark, type Rule, remark } from './edits.ts';
import type { PythonSource } from './statements.ts';

/** Where a condition stands that needs no brackets: behind one of these, before one of those. */
const OPENS = ['if', 'elif', 'while', 'and', 'or', 'not', 'return', 'assert', '=', '(', '[', ','];
const CLOSES = [':', ')', ']', ',', 'and', 'or', 'if', 'else', ';'];
/** What binds no closer than `in` does. */
const LOOSE = ['lambda', 'if', 'and', 'or', 'not', 'in', 'is', '<', '>', '<=', '>=', '==', '!='];

/** Calls `.name(…)`: the dot, the brackets, and where what it is called on begins. */
function* methodCalls(source: PythonSource, name: string) {
  for (const [index, token] of source.tokens.entries()) {
    if (token.kind !== 'name' || token.text !== name) continue;
    const dot = source.before(index);
    const open = source.after(index);
    if (!source.is(dot, '.') || !source.is(open, '(')) continue;
    const start = source.receiver(dot!);
    const close = source.closing(open!);
    if (start === undefined || close === undefined) continue;
    yield { dot: dot!, start, close, inside: source.between(open!, close) };
  }
}

/** d.has_key(k) → k in d; not d.has_key(k) → k not in d. */
export const hasKey: Rule = (source) => {
  const edits: Edit[] = [];
  const remarks: Remark[] = [];
  for (const { dot, start, close, inside } of methodCalls(source, 'has_key')) {
    const parts = source.split(inside, ',');
    const [key] = parts;
    if (parts.length !== 1 || key === undefined || key.length === 0) {
      remarks.push(remark(source, start, 'has_key with other than one argument'));
      continue;
    }
    const { depth } = source.tokens[key[0]!]!;
    const isLoose = key.some((at) => source.tokens[at]!.depth === depth && source.is(at, ...LOOSE));
    const wanted = isLoose ? `(${source.of(key)})` : source.of(key);
    const keeper = source.slice(start, source.before(dot)!);
    const not = source.before(start);
    const negated = source.is(not, 'not');
    const from = negated ? not! : start;
    const text = `${wanted} ${negated ? 'not in' : 'in'} ${keeper}`;
    edits.push(edit(from, close, standsAlone(source, from, close) ? text : `(${text})`));
  }
  return { edits, remarks };
};

function standsAlone(source: PythonSource, from: number, to: number): boolean {
  const before = source.before(from);
  const behind = source.after(to);
  const begins = isFirst(source, from) || source.is(before, ...OPENS);
  const ends = behind === undefined || isFirst(source, behind) || source.is(behind, ...CLOSES);
  return begins && ends;
}

const isFirst = (source: PythonSource, index: number): boolean =>
  source.statements.some(([first]) => first === index);

/** apply(f, args) → f(*args); with keywords, f(*args, **keywords). */
export const applyCalls: Rule = (source) => {
  const edits: Edit[] = [];
  for (const [index, { kind, text }] of source.tokens.entries()) {
    const open = source.after(index);
    if (kind !== 'name' || text !== 'apply' || !source.is(open, '(')) continue;
    if (source.is(source.before(index), '.', 'def')) continue;
    const close = source.closing(open!);
    if (close === undefined) continue;
    const [called, ...given] = source.split(source.between(open!, close), ',');
    const isName = called?.every((at) => source.token(at)!.kind === 'name' || source.is(at, '.'));
    const isWhole = given.length > 0 && given.length <= 2 && given.every((part) => part.length > 0);
    if (!isName || !isWhole) continue;
    const parts = given.map((part, at) => `${at === 0 ? '*' : '**'}${grouped(source, part)}`);
    edits.push(edit(index, close, `${source.of(called!)}(${parts.join(', ')})`));
  }
  return { edits };
};

/** In brackets, but for a name: `*` binds closer than what may stand there. */
const grouped = (source: PythonSource, part: readonly number[]): string =>
  part.length === 1 ? source.of(part) : `(${source.of(part)})`;

/** x.next() → next(x). */
export const nextCalls: Rule = (source) => ({
  edits: [...methodCalls(source, 'next')].flatMap(({ dot, start, close, inside }) =>
    inside.length > 0
      ? []
      : [edit(start, close, `next(${source.slice(start, source.before(dot)!)})`)],
  ),
});

/** What gives a view or an iterator now, and gave a list. */
const LISTS = ['keys', 'values', 'items', 'map', 'filter', 'zip', 'range'];
/** What only a list has. */
const OF_LISTS = ['sort', 'append', 'insert', 'pop', 'reverse', 'extend', 'remove', 'index'];

/** k = d.keys(), and k.sort() or k[0] elsewhere → k = list(d.keys()). */
export const keptLists: Rule = (source) => ({
  edits: source.statements.flatMap(([name, equals, ...rest]) => {
    const close = rest.at(-1);
    if (close === undefined || !source.is(equals, '=') || !source.is(close, ')')) return [];
    const open = source.tokens.findIndex(
      ({ kind, text }, at) => kind === 'op' && text === '(' && source.closing(at) === close,
    );
    const called = source.before(open);
    if (called === undefined || !LISTS.includes(source.text(called))) return [];
    const dot = source.before(called);
    const start = source.is(dot, '.') ? source.receiver(dot!) : called;
    if (start !== rest[0] || !isUsedAsList(source, source.text(name))) return [];
    return [edit(start!, close, `list(${source.slice(start!, close)})`)];
  }),
});

function isUsedAsList(source: PythonSource, name: string): boolean {
  return source.tokens.some(({ kind, text }, index) => {
    if (kind !== 'name' || text !== name || source.is(source.before(index), '.')) return false;
    const behind = source.after(index);
    if (source.is(behind, '[')) return true;
    return source.is(behind, '.') && OF_LISTS.includes(source.text(source.after(behind!)));
  });
}
