/** Rules for whole statements: print, exec, raise, except. */
import { type Edit, edit, type Remark, type Rule, remark } from './edits.ts';
import type { PythonSource, Statement } from './statements.ts';

/** Statements that begin with this word. */
const beginning = (source: PythonSource, word: string): Statement[] =>
  source.statements.filter(([first]) => source.is(first, word));

/** The bracket that closes the statement's first word's own, when there is one. */
function callEnd(source: PythonSource, [first, open]: Statement): number | undefined {
  if (first === undefined || open === undefined || !source.is(open, '(')) return undefined;
  return source.closing(open);
}

const FUTURE = /^from\s+__future__\s+import\s[\s\S]*\bprint_function\b/;

/** Whether print is a function already: by the future, or because it is only ever called. */
function isFunction(source: PythonSource, prints: readonly Statement[]): boolean {
  if (source.statements.some((statement) => FUTURE.test(source.of(statement)))) return true;
  return prints.every((statement) => callEnd(source, statement) === statement.at(-1));
}

/** `print a, b` → `print(a, b)`, with what `>>file` and a comma at the end mean. */
export const prints: Rule = (source) => {
  const found = beginning(source, 'print').filter(
    // A name: print = 1, print.x, …
    ([, second]) => !source.is(second, '=', '.', ',', ')', '+=', ':', 'in', 'is'),
  );
  if (isFunction(source, found)) return {};
  return { edits: found.flatMap((statement) => printEdit(source, statement)) };
};

function printEdit(source: PythonSource, statement: Statement): Edit[] {
  const [first, ...rest] = statement as [number, ...number[]];
  const end = statement.at(-1)!;
  if (callEnd(source, statement) === end) {
    const inside = rest.slice(1, -1);
    const parts = source.split(inside, ',');
    // One thing in brackets stays; print (a, b) shows a tuple; print(a, file=f) is a call already.
    const named = parts.some(([, second]) => source.is(second, '='));
    if (parts.length === 1 || named) return [];
    return [edit(first, end, `print(${source.slice(rest[0]!, end)})`)];
  }
  let parts = rest.length === 0 ? [] : source.split(rest, ',');
  const more: string[] = [];
  if (source.is(rest[0], '>>')) {
    more.push(`file=${source.of(parts[0]!.slice(1))}`);
    parts = parts.slice(1);
  }
  if (parts.length > 0 && parts.at(-1)!.length === 0) {
    parts = parts.slice(0, -1);
    if (parts.length > 0) more.unshift('end=" "');
  }
  const shown = parts.length === 0 ? '' : source.slice(parts[0]![0]!, parts.at(-1)!.at(-1)!);
  return [edit(first, end, `print(${[shown, ...more].filter(Boolean).join(', ')})`)];
}

/** `exec code in names` → `exec(code, names)`. */
export const execs: Rule = (source) => ({
  edits: beginning(source, 'exec').flatMap((statement) => {
    const [first, second] = statement;
    const end = statement.at(-1)!;
    if (second === undefined || callEnd(source, statement) === end || source.is(second, '=', '.')) {
      return [];
    }
    const [code, names] = source.split(statement.slice(1), 'in');
    const args = [code!, ...(names === undefined ? [] : [names])].map((part) => source.of(part));
    return [edit(first!, end, `exec(${args.join(', ')})`)];
  }),
});

/** `raise X, "m"` → `raise X("m")`. */
export const raises: Rule = (source) => {
  const edits: Edit[] = [];
  const remarks: Remark[] = [];
  for (const statement of beginning(source, 'raise')) {
    const [kind, value, traceback, ...more] = source.split(statement.slice(1), ',');
    if (kind === undefined || kind.length === 0) continue;
    if (kind.length === 1 && source.token(kind[0])!.kind === 'string') {
      remarks.push(remark(source, kind[0]!, 'a string cannot be raised: raise an exception'));
    }
    if (value === undefined || value.length === 0 || more.length > 0) continue;
    const isTuple = source.is(value[0], '(') && source.closing(value[0]!) === value.at(-1);
    const given = isTuple ? source.of(value.slice(1, -1)) : source.of(value);
    const made = given === 'None' ? source.of(kind) : `${source.of(kind)}(${given})`;
    const trace = traceback === undefined ? '' : `.with_traceback(${source.of(traceback)})`;
    edits.push(edit(kind[0]!, statement.at(-1)!, made + trace));
  }
  return { edits, remarks };
};

/** `except X, e:` → `except X as e:`. */
export const excepts: Rule = (source) => {
  const edits: Edit[] = [];
  const remarks: Remark[] = [];
  for (const statement of beginning(source, 'except')) {
    const [kinds, name, ...more] = source.split(statement.slice(1, -1), ',');
    if (kinds === undefined || kinds.length === 0 || name === undefined) continue;
    const text = source.of(name);
    if (more.length > 0 || name.length !== 1 || source.token(name[0])!.kind !== 'name') {
      const what = `except …, ${text}: only a name can be given to the exception`;
      remarks.push(remark(source, statement[0]!, what));
      continue;
    }
    const end = kinds.at(-1)!;
    edits.push(edit(end, name[0]!, `${source.text(end)} as ${text}`));
  }
  return { edits, remarks };
};
