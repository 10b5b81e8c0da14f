/**
 * What stands in a module's text like a part of its translator and is none: a fop that is no method
 * of the class (one indentation off, in another class, or defined once more below), parameters that
 * have changed places, and declarations that nobody reads.
 */
import type { FopRow } from '../../../runtime/core/fops.ts';
import { nearest } from '../../../runtime/core/nearest.ts';
import type { DefinedMethod } from '../guest.ts';

/** How definitions look in a language. `name` and `indent` are groups. */
export interface Definitions {
  /** A function or method whose first parameter, `self` aside, is a frame. */
  readonly fop: RegExp;
  /** A function outside of all classes that has the parameter `self`. */
  readonly hook: RegExp | undefined;
  /** A property of a class, with `value`. */
  readonly property: RegExp;
  /** What the host reads of a class. */
  readonly read: readonly string[];
  /** The line on which the class begins. */
  readonly begin: RegExp;
  /** What an assignment to `observes` of an instance is. */
  readonly instance: RegExp;
}

export const pythonDefinitions: Definitions = {
  fop: /^(?<indent>[ \t]*)(?:async[ \t]+)?def[ \t]+(?<name>\w+)[ \t]*\(\s*self\s*,\s*frame\b/gm,
  hook: /^(?<indent>)(?:async[ \t]+)?def[ \t]+(?<name>\w+)[ \t]*\(\s*self\b(?!\s*,\s*frame\b)/gm,
  property: /^(?<indent>[ \t]+)(?<name>\w+)[ \t]*=(?!=)[ \t]*(?<value>.*)$/gm,
  read: ['options', 'observes', 'passes_through'],
  begin: /^class xlator\b/m,
  instance: /\bself\.observes[ \t]*=(?!=)/,
};

export const javascriptDefinitions: Definitions = {
  fop: /^(?<indent>[ \t]*)(?:(?:export|static|async|function)[ \t]+)*(?<name>\w+)[ \t]*\(\s*frame\b[^()]*\)\s*\{/gm,
  hook: undefined,
  property: /^(?<indent>[ \t]+)static[ \t]+(?<name>\w+)[ \t]*=(?!=)[ \t]*(?<value>.*)$/gm,
  read: ['options', 'observes', 'passesThrough'],
  begin: /^export\b.*\bclass\b/m,
  instance: /\bthis\.observes[ \t]*=(?!=)/,
};

/** [line, name, text] of what is to be told. */
export type Misplaced = readonly [line: number, name: string, text: string];

const lineAt = (source: string, index: number): number => source.slice(0, index).split('\n').length;

/** The same for one index behind the other, so that long texts are read once. */
function linesOf(source: string): (index: number) => number {
  let [line, at] = [1, 0];
  return (index) => {
    for (let next = source.indexOf('\n', at); next >= 0 && next < index; line += 1) {
      at = next + 1;
      next = source.indexOf('\n', at);
    }
    return line;
  };
}

/** Where the class is, and how far its members are indented. */
function classIn(source: string, { begin }: Definitions) {
  const at = source.search(begin);
  if (at < 0) return undefined;
  const body = source.slice(source.indexOf('\n', at) + 1);
  const indent = /^([ \t]+)\S/m.exec(body)?.[1] ?? '';
  const length = body.search(/^[^\s#/)\]}]/m);
  return { first: lineAt(source, at), last: lineAt(source, at) + lines(body, length), indent };
}

const lines = (text: string, end: number): number =>
  (end < 0 ? text : text.slice(0, end)).split('\n').length;

/** A module's definitions, without what stands in texts and comments. */
export interface Code {
  readonly path: string;
  readonly source: string;
  /** Whether the name is used at all. */
  readonly isUsed: (name: string) => boolean;
  /** Whether it is used as a member of the translator. */
  readonly isMember: (name: string) => boolean;
  /** Whether the host calls methods of that name. */
  readonly isCalled: (name: string) => boolean;
}

/** Fops and hooks that are no methods of the class. */
export function strays(
  code: Code,
  methods: readonly DefinedMethod[],
  how: Definitions,
): Misplaced[] {
  const { source, path } = code;
  const own = methods.filter(([, file]) => file === path);
  const within = classIn(source, how);
  const look = (form: RegExp): Misplaced[] => {
    const lineOf = linesOf(source);
    return matches(source, form).flatMap((match) => {
      const [name, line] = [match.groups?.name ?? '', lineOf(match.index)];
      return code.isCalled(name) ? stray(match, name, line) : [];
    });
  };
  const stray = ({ index, groups }: RegExpExecArray, name: string, line: number): Misplaced[] => {
    const indent = groups?.indent ?? '';
    if (isDecorated(source, index)) return [];
    const same = own.filter(([each]) => each === name);
    if (same.some(([, , at]) => at === line)) return [];
    const inside = within !== undefined && line > within.first && line <= within.last;
    const again = same.find(([, , at]) => at > line)?.[2];
    if (inside && indent === within.indent && again !== undefined) {
      return [[line, name, `${name} is defined once more in line ${again}, and that one counts`]];
    }
    // In JavaScript, objects of functions look as classes do.
    const stands = /^(static|function|export)\b/.test(source.slice(index).trimStart());
    if ((how.hook === undefined && !stands) || code.isUsed(name)) return [];
    return [[line, name, `${name} is no method of the translator's class, and is never called`]];
  };
  return [...look(how.fop), ...(how.hook === undefined ? [] : look(how.hook))];
}

function isDecorated(source: string, index: number): boolean {
  const before = source.slice(0, Math.max(0, index - 1));
  return /^\s*@/.test(before.slice(before.lastIndexOf('\n') + 1));
}

const matches = (source: string, form: RegExp): RegExpExecArray[] => [...source.matchAll(form)];

/** Declarations under a name that nobody reads. */
export function unread(code: Code, how: Definitions): Misplaced[] {
  const { source } = code;
  const within = classIn(source, how);
  const told: Misplaced[] = [];
  const instance = source.search(how.instance);
  if (instance >= 0) {
    const text = 'observes belongs to the class: what an instance is given is never read';
    told.push([lineAt(source, instance), 'observes', text]);
  }
  if (within === undefined) return told;
  const lineOf = linesOf(source);
  const properties = matches(source, how.property).flatMap(({ index, groups }) => {
    const line = lineOf(index);
    const inside = line > within.first && line <= within.last && groups?.indent === within.indent;
    return inside ? [{ line, name: groups?.name ?? '', value: groups?.value ?? '' }] : [];
  });
  const has = new Set(properties.map(({ name }) => name));
  for (const { line, name, value } of properties) {
    if (how.read.includes(name) || name.startsWith('_')) continue;
    const meant = nearest(name, how.read);
    if (meant !== undefined && !has.has(meant) && !code.isMember(name)) {
      told.push([line, name, `${name} is never read (did you mean '${meant}'?)`]);
    } else if (/^Option\.\w+\(/.test(value) && !code.isUsed(name)) {
      told.push([line, name, `${name} is no option: options = {…} of the class names all of them`]);
    }
  }
  return told;
}

/** A method whose parameters are those of its fop, in another order. */
export function disordered(
  [name, file, line, params]: DefinedMethod,
  row: FopRow,
  isCbk: boolean,
  word: (name: string) => string,
): readonly [string, Misplaced] | undefined {
  const carried = (isCbk ? row.reply : row.args).map((arg) => arg.name);
  const right = ['frame', ...(isCbk ? ['op_ret', 'op_errno'] : []), ...carried].map(word);
  const wrong = params.findIndex((param, at) => param !== right[at] && right.includes(param));
  if (wrong < 0) return undefined;
  const text =
    `${name} is called with (${right.join(', ')}): ` +
    `its '${params[wrong]}' gets the ${right[wrong] ?? 'rest'}`;
  return [file, [line, name, text]];
}
