/**
 * Ports modules of glupy's first day (2012), which declare the host's functions by ctypes themselves, to the
 * package `gluster`, which has the names that they need. Other modules stay unchanged.
 * Source: jdarcy/glupy, the five versions of fubar.py.
 */
import { type Edit, edit, type Rule } from './edits.ts';
import type { PythonSource, Statement } from './statements.ts';

const HOST_CALL = /^(un)?wind_[a-z]+$/;

export const firstDay: Rule = (source) => {
  if (!isFirstDay(source)) return {};
  return { edits: [...imports(source), ...hostCalls(source), ...addresses(source)] };
};

/** Whether a module takes the host's functions from elsewhere than the package `gluster`. */
const isFirstDay = (source: PythonSource): boolean =>
  source.tokens.some(({ kind, text }) => kind === 'name' && HOST_CALL.test(text)) &&
  source.statements.some((statement) => importsCtypes(source, statement));

const importsCtypes = (source: PythonSource, [first, second]: Statement): boolean =>
  source.is(first, 'from', 'import') && source.is(second, 'ctypes');

/** from ctypes import X → from gluster import X; import ctypes → import gluster, ctypes. */
function* imports(source: PythonSource): Generator<Edit> {
  for (const statement of source.statements) {
    const [first, second] = statement;
    if (source.is(first, 'import') && source.is(second, 'ctypes')) {
      if (!hasGluster(source)) yield edit(second!, second!, 'gluster, ctypes');
    } else if (source.is(first, 'from') && source.is(second, 'ctypes', 'glupy')) {
      yield edit(second!, second!, 'gluster');
    }
  }
}

const hasGluster = (source: PythonSource): boolean =>
  source.statements.some(
    ([first, second]) => source.is(first, 'import') && source.is(second, 'gluster'),
  );

/** wind_lookup(…), a function of the module `glupy` then → dl.wind_lookup(…). */
function* hostCalls(source: PythonSource): Generator<Edit> {
  for (const [index, { kind, text }] of source.tokens.entries()) {
    if (kind !== 'name' || !HOST_CALL.test(text) || !source.is(source.after(index), '(')) continue;
    if (!source.is(source.before(index), '.', 'def')) yield edit(index, index, `dl.${text}`);
  }
}

/** loc_t.from_address(int(loc)) → loc.contents: no number leads to anything here. */
function* addresses(source: PythonSource): Generator<Edit> {
  for (const [index, { text }] of source.tokens.entries()) {
    const open = source.after(index);
    const dot = source.before(index);
    if (text !== 'from_address' || !source.is(dot, '.') || !source.is(open, '(')) continue;
    const close = source.closing(open!);
    const start = source.receiver(dot!);
    if (close === undefined || start === undefined) continue;
    const inside = source.between(open!, close);
    const [head, bracket, ...rest] = inside;
    const isInt = source.is(head, 'int') && source.is(bracket, '(') && source.is(rest.at(-1), ')');
    const address = isInt ? rest.slice(0, -1) : inside;
    if (address.length === 1) yield edit(start, close, `${source.of(address)}.contents`);
  }
}
