/**
 * Methods of a module that nobody will ever call: their names are nearly those of a fop, a callback
 * or a hook. A language whose names are written `lookupCbk` has the same rule as one with
 * `lookup_cbk`.
 *
 * A method that the module itself uses, by `self.name`, by its bare name or by a decorator, is the
 * author's own, and so is one whose name begins with `_` or that overrides one of the author's.
 */

import { findFop } from '../../../runtime/core/fops.ts';
import { fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import { printable } from '../../../runtime/core/log.ts';
import { nearest } from '../../../runtime/core/nearest.ts';
import type { Remark } from '../../../runtime/core/xlator.ts';
import { type DefinedMethod, type Guest, hooks } from '../guest.ts';
import {
  type Definitions,
  disordered,
  javascriptDefinitions,
  pythonDefinitions,
  strays,
  unread,
} from './misplaced-definitions.ts';

/** What other interfaces call a fop, or a hook. */
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

/** How a language writes names, and what of its text is no code. */
interface Writing {
  readonly cbk: string;
  readonly cancel: string;
  word(name: string): string;
  /** Comments and texts. */
  readonly notCode: RegExp;
  /** What stands before the name of a method where it is defined. */
  readonly definition: RegExp;
  /** Whether a bare name can mean a method, as inside of Python's class statement. */
  readonly bare: boolean;
  readonly definitions: Definitions;
}

const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const PYTHON: Writing = {
  cbk: '_cbk',
  cancel: '_cancel',
  word: (name) => name,
  notCode: /"""[\s\S]*?"""|'''[\s\S]*?'''|#.*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g,
  definition: /\bdef\s+$/,
  bare: true,
  definitions: pythonDefinitions,
};

const JAVASCRIPT: Writing = {
  cbk: 'Cbk',
  cancel: 'Cancel',
  word: camel,
  notCode: /\/\*[\s\S]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g,
  definition: /\b(?:function\s*\*?|static|async)\s+$/,
  bare: false,
  definitions: javascriptDefinitions,
};

const writings: Readonly<Record<string, Writing>> = { python: PYTHON, javascript: JAVASCRIPT };

/** Letters alone: `copyFileRange`, `Copy_file_range` and `copy_file_range` are the same. */
const letters = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** All names that are called, by their letters. */
function namesOf({ cbk, cancel, word }: Writing): Map<string, string> {
  const fops = fopNames.flatMap((name) => [name, name + cbk, name + cancel]);
  // A fop keeps its name in every language.
  const others = ['init', ...hooks, 'any_fop', 'any_cbk', 'any_cancel'].map(word);
  return new Map([...fops, ...others].map((name) => [letters(name), name]));
}

/** Names shorter than this are near to too much. */
const SHORTEST = 4;

/** What is meant by a name that nobody calls; undefined when nothing is near. */
function meantBy(name: string, known: ReadonlyMap<string, string>, writing: Writing) {
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

/** A text that is just a name, or has code in it. */
const MAY_NAME = /^(['"])(?:\w+|[^'"]*\{.*)\1$/;

/** Whether the module's text uses the name, other than where the method is defined. */
function isUsed(name: string, sources: readonly string[], { notCode, ...how }: Writing): boolean {
  // A receiver may well be another name for the translator; of names that files have, it is not.
  const other = Object.hasOwn(OTHER_NAMES, letters(name)) ? OTHER_NAMES[letters(name)]! : '';
  const own = (fopNames as readonly string[]).includes(other) ? '(?:self|this|cls)' : '\\w+';
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

/** What looks like a mistake in a module, as it was read. */
export function remarksOn(guest: Guest, path: string): Remark[] {
  const writing = writings[guest.language];
  const seen =
    writing === undefined ? [] : [...misnamed(guest, writing), ...misread(guest, writing, path)];
  return [...guest.description.warnings, ...seen].map(([file, line, func, text]) => ({
    where: printable(`${file}:${line}`),
    text: printable(text),
    source: { file: printable(file.slice(file.lastIndexOf('/') + 1)), line, func: printable(func) },
  }));
}

type Warning = Guest['description']['warnings'][number];

/** The methods of a module that look like what they are not. */
function misnamed({ description, sources = [] }: Guest, writing: Writing): Warning[] {
  const known = namesOf(writing);
  const called = new Set(known.values());
  const found: Warning[] = [];
  for (const [name, file, line] of description.methods) {
    // What overrides a method of another class of the author's belongs to that class's plan.
    if (name.startsWith('_') || description.methods.filter(([each]) => each === name).length > 1) {
      continue;
    }
    const text = called.has(name)
      ? unreached(name, writing, description.fops)
      : strange(name, known, writing);
    if (text === undefined || (!called.has(name) && isUsed(name, sources, writing))) continue;
    found.push([file, line, name, text]);
  }
  return found;
}

/** What is defined, and never asked for. */
function misread({ description, sources = [] }: Guest, writing: Writing, path: string): Warning[] {
  const called = new Set(namesOf(writing).values());
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ');
  const code = {
    path,
    source: (sources[0] ?? '').replace(writing.notCode, blank),
    isCalled: (name: string) => called.has(name),
    isUsed: (name: string) => isUsed(name, sources, { ...writing, bare: true }),
    isMember: (name: string) => isUsed(name, sources, { ...writing, bare: false }),
  };
  const { definitions } = writing;
  const told = [...strays(code, description.methods, definitions), ...unread(code, definitions)];
  const orders = description.methods.flatMap((method) => ordered(method, writing));
  return [...told.map(([line, func, text]): Warning => [path, line, func, text]), ...orders];
}

function ordered(method: DefinedMethod, { cbk, word }: Writing): Warning[] {
  const [name] = method;
  const isCbk = name.endsWith(cbk);
  const fop = isCbk ? name.slice(0, -cbk.length) : name;
  const row = findFop(fop);
  const found = row?.name === fop ? disordered(method, row, isCbk, word) : undefined;
  if (found === undefined) return [];
  const [file, [line, func, text]] = found;
  return [[file, line, func, text]];
}

function strange(name: string, known: ReadonlyMap<string, string>, writing: Writing) {
  const meant = meantBy(name, known, writing);
  if (meant !== undefined) {
    return `${name} is no fop or hook, and is never called (did you mean '${meant}'?)`;
  }
  if (!name.endsWith(writing.cbk)) return undefined;
  return `${name} is the callback of no fop, and is never called`;
}

/** A `<fop>_cancel` without its fop. */
function unreached(
  name: string,
  { cancel }: Writing,
  fops: Guest['description']['fops'],
): string | undefined {
  const base = name.endsWith(cancel) ? name.slice(0, -cancel.length) : '';
  if (!(fopNames as readonly string[]).includes(base)) return undefined;
  if ((fops[base]?.kind ?? 'none') !== 'none') return undefined;
  return `${name} is never called: there is no ${base}`;
}
