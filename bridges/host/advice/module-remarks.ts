/**
 * Finds likely mistakes in a module: method names that are nearly those of a fop, callback or hook;
 * fops that are not methods of the class; reordered parameters; declarations that the host never
 * reads. Class members come from the interpreter; the rest from the source, by the rules of its
 * language (`Writing`). Methods that the module itself uses (by `self.name`, bare name or
 * decorator), that begin with `_` or that override the author's own are not reported.
 */

import { findFop } from '../../../runtime/core/fops.ts';
import { type FopName, fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import { printable } from '../../../runtime/core/log.ts';
import { nearest } from '../../../runtime/core/nearest.ts';
import type { Suspicion, Xlator } from '../../../runtime/core/xlator.ts';
import { type DefinedMethod, type Guest, hooks } from '../guest.ts';
import type { Writing } from '../language.ts';

/** Names of fops and hooks in other file system interfaces. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  all: 'any_fop',
  allcbk: 'any_cbk',
  allfops: 'any_fop',
  any: 'any_fop',
  anyfops: 'any_fop',
  chmod: 'setattr',
  chown: 'setattr',
  close: 'flush',
  copyrange: 'copy_file_range',
  default: 'any_fop',
  delete: 'unlink',
  clientdestroy: 'client_disconnect',
  destroy: 'fini',
  disconnect: 'client_disconnect',
  fchmod: 'fsetattr',
  fchown: 'fsetattr',
  fdatasync: 'fsync',
  fgetattr: 'fstat',
  flistxattr: 'fgetxattr',
  futimens: 'fsetattr',
  getattr: 'stat',
  getdents: 'readdirp',
  list: 'readdirp',
  listdir: 'readdirp',
  listxattr: 'getxattr',
  lock: 'lk',
  lseek: 'seek',
  move: 'rename',
  opendirs: 'opendir',
  pread: 'readv',
  pwrite: 'writev',
  read: 'readv',
  release: 'flush',
  remove: 'unlink',
  setup: 'init',
  shutdown: 'fini',
  start: 'init',
  statvfs: 'statfs',
  stop: 'fini',
  teardown: 'fini',
  utime: 'setattr',
  utimens: 'setattr',
  write: 'writev',
};

const CBK = /(cbk|cb|callback)$/;
const CANCEL = /(cancel|cancelled|canceled)$/;
const FOP = /fop$|^on/;

const isFop = (name: string): boolean => (fopNames as readonly string[]).includes(name);

/** A name's letters only: `copyFileRange`, `Copy_file_range` and `copy_file_range` are the same. */
const letters = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** All names that the host calls, by their letters. */
function namesOf({ cbk, cancel, word }: Writing): Map<string, string> {
  const fops = fopNames.flatMap((name) => [name, name + cbk, name + cancel]);
  // Fop names are the same in every language.
  const others = ['init', ...hooks, 'any_fop', 'any_cbk', 'any_cancel'].map(word);
  return new Map([...fops, ...others].map((name) => [letters(name), name]));
}

/** Shorter names are similar to too many others. */
const SHORTEST = 4;

/** The known name that a misspelt one resembles; undefined when none is near. */
function nearestKnownName(name: string, known: ReadonlyMap<string, string>, writing: Writing) {
  const bare = letters(name);
  const same = known.get(bare);
  if (same !== undefined) return same;
  const [ending, end] = CBK.test(bare)
    ? [writing.cbk, CBK]
    : CANCEL.test(bare)
      ? [writing.cancel, CANCEL]
      : ['', FOP];
  const base = bare.replace(end, '');
  const other = Object.hasOwn(OTHER_NAMES, base) ? OTHER_NAMES[base]! : undefined;
  const fop = known.get(base) ?? other;
  if (fop !== undefined) return known.get(letters(fop + ending)) ?? fop;
  if (bare.length < SHORTEST) return undefined;
  const near = nearest(bare, known.keys());
  return near === undefined || near.length < SHORTEST ? undefined : known.get(near);
}

/** A string literal that is just a name, or has code in it. */
const MAY_NAME = /^(['"])(?:\w+|[^'"]*\{.*)\1$/;

/** Whether the module's text uses the name, other than where the method is defined. */
function isUsed(name: string, sources: readonly string[], { notCode, ...how }: Writing): boolean {
  // Any receiver may stand for the translator, but not for names that file objects have too.
  const other = Object.hasOwn(OTHER_NAMES, letters(name)) ? OTHER_NAMES[letters(name)]! : '';
  const own = isFop(other) ? '(?:self|this|cls)' : '\\w+';
  const member = new RegExp(`(?:(?<![\\w.)\\]])${own}|super\\(\\))\\s*\\??\\.\\s*$`);
  const decorated = /@[^\n]*\n\s*(?:async\s+)?def\s+$/;
  return sources.some((source) => {
    const looksUp = /\bgetattr\(|\b(?:this|self)\[/.test(source);
    const code = source.replace(notCode, (part) => (MAY_NAME.test(part) ? part : ''));
    return [...code.matchAll(new RegExp(`(?<![\\w$])${escaped(name)}(?![\\w$])`, 'g'))].some(
      ({ index }) => {
        const line = code.lastIndexOf('\n', code.lastIndexOf('\n', index - 1) - 1) + 1;
        const before = code.slice(line, index);
        const after = code.slice(index + name.length);
        if (decorated.test(before)) return true;
        if (how.definition.test(before)) return false;
        if (/\.\s*$/.test(before)) return member.test(before);
        if (/["'`]$/.test(before) && /^["'`]/.test(after)) return looksUp;
        return how.bare && !/^\s*=(?!=)/.test(after);
      },
    );
  });
}

const escaped = (name: string): string => name.replace(/\$/g, '\\$');

type Warning = Guest['description']['warnings'][number];

/** Remarks on the likely mistakes of the module read from `path`. */
export function findRemarks(guest: Guest, path: string, writing: Writing): Suspicion[] {
  const { description } = guest;
  const found = [
    ...description.warnings,
    ...findMisnamed(guest, writing),
    ...findUnread(guest, writing, path),
    ...description.methods.flatMap((method) => findReordered(method, writing)),
  ];
  return found.map(([file, line, func, text]) => ({
    where: printable(`${file}:${line}`),
    text: printable(text),
    source: { file: printable(file.slice(file.lastIndexOf('/') + 1)), line, func: printable(func) },
  }));
}

/** Remarks on methods whose names resemble a known name. */
function findMisnamed({ description, sources = [] }: Guest, writing: Writing): Warning[] {
  const known = namesOf(writing);
  const called = new Set(known.values());
  const found: Warning[] = [];
  for (const [name, file, line] of description.methods) {
    // An override of the author's own base class is deliberate.
    if (name.startsWith('_') || description.methods.filter(([each]) => each === name).length > 1) {
      continue;
    }
    const text = called.has(name)
      ? findUnreachedCancels(name, writing, description.fops)
      : checkSpelling(name, known, writing);
    if (text === undefined || (!called.has(name) && isUsed(name, sources, writing))) continue;
    found.push([file, line, name, text]);
  }
  return found;
}

function checkSpelling(name: string, known: ReadonlyMap<string, string>, writing: Writing) {
  const meant = nearestKnownName(name, known, writing);
  if (meant !== undefined) {
    return `${name} is no fop or hook, and is never called (did you mean '${meant}'?)`;
  }
  if (!name.endsWith(writing.cbk)) return undefined;
  return `${name} is the callback of no fop, and is never called`;
}

/** Remarks on each `<fop>_cancel` without its fop. */
function findUnreachedCancels(
  name: string,
  { cancel }: Writing,
  fops: Guest['description']['fops'],
): string | undefined {
  const base = name.endsWith(cancel) ? name.slice(0, -cancel.length) : '';
  if (!isFop(base) || (fops[base]?.kind ?? 'none') !== 'none') return undefined;
  return `${name} is never called: there is no ${base}`;
}

/** Remarks on a method that has its fop's parameters in another order. */
function findReordered(
  [name, file, line, params]: DefinedMethod,
  { cbk, word }: Writing,
): Warning[] {
  const isCbk = name.endsWith(cbk);
  const fop = isCbk ? name.slice(0, -cbk.length) : name;
  const row = findFop(fop);
  if (row?.name !== fop) return [];
  const carried = (isCbk ? row.reply : row.args).map((arg) => arg.name);
  const right = ['frame', ...(isCbk ? ['op_ret', 'op_errno'] : []), ...carried].map(word);
  const wrong = params.findIndex((param, at) => param !== right[at] && right.includes(param));
  if (wrong < 0) return [];
  const gets = `its '${params[wrong]}' gets the ${right[wrong] ?? 'rest'}`;
  return [[file, line, name, `${name} is called with (${right.join(', ')}): ${gets}`]];
}

/** Remarks on fops and hooks outside the class, and on declarations that the host never reads. */
function findUnread(
  { description, sources = [] }: Guest,
  writing: Writing,
  path: string,
): Warning[] {
  const source = (sources[0] ?? '').replace(writing.notCode, (part) => part.replace(/[^\n]/g, ' '));
  const lines = source.split('\n');
  const own = description.methods.filter(([, file]) => file === path);
  const called = new Set(namesOf(writing).values());
  const lineOf = (form: RegExp): number => lines.findIndex((line) => form.test(line)) + 1;
  const first = lineOf(writing.begin);
  const indentOf = (line: number): string => /^[ \t]*/.exec(lines[line - 1] ?? '')![0];
  const uses = (name: string, bare: boolean): boolean =>
    isUsed(name, sources, { ...writing, bare });

  const stray = (name: string, line: number): string | undefined => {
    const same = own.filter(([each]) => each === name);
    const isDecorated = /^\s*@/.test(lines[line - 2] ?? '');
    if (!called.has(name) || isDecorated || same.some(([, , at]) => at === line)) return undefined;
    const again = same.find(([, , at]) => at > line)?.[2];
    if (again !== undefined && first > 0 && line > first && indentOf(line) === indentOf(again)) {
      return `${name} is defined once more in line ${again}, and that one counts`;
    }
    if (!writing.stands.test(lines[line - 1]!) || uses(name, true)) return undefined;
    return `${name} is no method of the translator's class, and is never called`;
  };
  const strays = writing.functions.flatMap((form) => {
    let [line, from] = [1, 0];
    return [...source.matchAll(form)].flatMap(({ index, groups }): Warning[] => {
      line += source.slice(from, index).split('\n').length - 1;
      from = index;
      const name = groups!.name!;
      const told = stray(name, line);
      return told === undefined ? [] : [[path, line, name, told]];
    });
  });

  const observes = lineOf(/\b(?:self|this)\.observes[ \t]*=(?!=)/);
  const onInstance = 'observes belongs to the class: what an instance is given is never read';
  const ofInstance: Warning[] = observes > 0 ? [[path, observes, 'observes', onInstance]] : [];

  const { properties = [] } = description;
  const has = new Set(properties.map(([name]) => name));
  const unread = properties.flatMap(([name, isOption]): Warning[] => {
    if (writing.read.includes(name) || name.startsWith('_')) return [];
    const line = lineOf(new RegExp(`^\\s+(?:static\\s+)?${escaped(name)}\\s*=(?!=)`));
    const meant = nearest(name, writing.read);
    if (meant !== undefined && !has.has(meant) && !uses(name, false)) {
      return [[path, line, name, `${name} is never read (did you mean '${meant}'?)`]];
    }
    if (!isOption || uses(name, true)) return [];
    const text = `${name} is no option: options = {…} of the class names all of them`;
    return [[path, line, name, text]];
  });
  return [...strays, ...ofInstance, ...unread];
}

/** Names listed at most. */
const SHOWN = 6;

/** The log line; undefined when no fop is left out, or the class declares its policy. */
export function omittedFops(
  xl: Pick<Xlator, 'below' | 'warnSuspicious'>,
  [passes, refuses]: Writing['passesThrough'],
  says: unknown,
  defines: (name: FopName) => boolean,
): string | undefined {
  const { length } = xl.below;
  if (length < 2 || typeof says === 'boolean') return undefined;
  const names = fopNames.filter((name) => !defines(name));
  if (names.length === 0) return undefined;
  const shown = names.slice(0, SHOWN).join(', ');
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return (
    `with ${length} subvolumes, ${shown}${more} that it does not define answer EOPNOTSUPP: ` +
    `'${passes}' sends them to the first, '${refuses}' says that this is meant`
  );
}

/** Logs `omittedFops` of a module, and passes it to the command that starts the graph. */
export function logOmittedFops(
  xl: Pick<Xlator, 'below' | 'warnSuspicious'>,
  { description: { fops, passesThrough } }: Guest,
  path: string,
  sayings: Writing['passesThrough'],
): void {
  const defines = (name: FopName): boolean => (fops[name]?.kind ?? 'none') !== 'none';
  const text = omittedFops(xl, sayings, passesThrough, defines);
  if (text !== undefined) xl.warnSuspicious([{ where: path, text }]);
}
