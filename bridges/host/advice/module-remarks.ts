/**
 * Finds likely mistakes in a module: method names that are nearly those of a fop, callback or hook;
 * fops that are not methods of the class; reordered parameters; declarations that the host never
 * reads. The interpreter lists the class's members; the rest is found in the source text, by the
 * syntax of its language (`LanguageSyntax`). Methods are not reported if the module itself uses
 * them (by `self.name`, bare name or decorator), if they begin with `_`, or if they override a
 * method of the author's own class.
 */

import { fileMethods } from '../../../runtime/core/file-methods.ts';
import { describeViewGaps, findViewGaps } from '../../../runtime/core/fop-views.ts';
import { findFop } from '../../../runtime/core/fops.ts';
import { type FopName, fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import { printable } from '../../../runtime/core/log.ts';
import { findNearest } from '../../../runtime/core/nearest.ts';
import type { Suspicion, Xlator } from '../../../runtime/core/xlator.ts';
import { filterMethods } from '../../../runtime/files/methods.ts';
import { type DefinedMethod, type Guest, hooks } from '../guest.ts';
import type { LanguageSyntax } from '../language.ts';

/** Names from other file system interfaces, by the fop or hook that authors mean by them. */
const FOREIGN_NAMES = new Map(
  Object.entries({
    any_cbk: 'allcbk',
    any_fop: 'all allfops any anyfops default',
    client_disconnect: 'clientdestroy disconnect',
    copy_file_range: 'copyrange',
    fgetxattr: 'flistxattr',
    fini: 'destroy shutdown stop teardown',
    flush: 'close release',
    fsetattr: 'fchmod fchown futimens',
    fstat: 'fgetattr',
    fsync: 'fdatasync',
    getxattr: 'listxattr',
    init: 'setup start',
    lk: 'lock',
    opendir: 'opendirs',
    readdirp: 'getdents list listdir',
    readv: 'pread read',
    rename: 'move',
    seek: 'lseek',
    setattr: 'chmod chown utime utimens',
    stat: 'getattr',
    statfs: 'statvfs',
    unlink: 'delete remove',
    writev: 'pwrite write',
  }).flatMap(([meant, names]) => names.split(' ').map((name) => [name, meant])),
);
/** The same for the methods of a file system by path. */
const FOREIGN_METHODS = new Map(
  Object.entries({
    close: 'release',
    fini: 'destroy shutdown stop teardown',
    fsync: 'fdatasync',
    init: 'setup start',
    list: 'getdents listdir readdir scandir',
    read: 'pread',
    remove: 'delete unlink',
    rename: 'move',
    setattr: 'chmod chown utime utimens',
    stat: 'getattr lstat',
    statfs: 'statvfs',
    write: 'pwrite',
  }).flatMap(([meant, names]) => names.split(' ').map((name) => [name, meant])),
);

// Endings of method names, and the beginning `on`, in bare letters (`reduceToLetters`).
const CALLBACK_ENDING = /(cbk|cb|callback)$/;
const CANCEL_ENDING = /(cancel|cancelled|canceled)$/;
const FOP_AFFIX = /fop$|^on/;

const isFopName = (name: string): boolean => (fopNames as readonly string[]).includes(name);

/** Returns a name without case and underscores: `copyFileRange` equals `copy_file_range`. */
const reduceToLetters = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** Collects the names of all methods that the host calls, by their bare letters. */
function collectHostNames(
  { files }: Guest['description'],
  { cbkSuffix, cancelSuffix, convertName }: LanguageSyntax,
): Map<string, string> {
  if (files !== undefined) {
    const names = [...Object.keys(fileMethods), 'init', ...hooks].map(convertName);
    return new Map(names.map((name) => [reduceToLetters(name), name]));
  }
  const fops = fopNames.flatMap((name) => [name, name + cbkSuffix, name + cancelSuffix]);
  // Fop names are the same in every language.
  const otherMethods = [
    'init',
    ...hooks,
    ...filterMethods.filter((name) => name.includes('_')),
    'any_fop',
    'any_cbk',
    'any_cancel',
  ].map(convertName);
  return new Map([...fops, ...otherMethods].map((name) => [reduceToLetters(name), name]));
}

/**
 * The least number of letters of a name that is compared: shorter ones resemble too many others.
 */
const MIN_LETTERS = 4;

/** Finds the known name that a misspelt one resembles; undefined if it resembles none. */
function findNearestKnownName(
  name: string,
  knownNames: ReadonlyMap<string, string>,
  syntax: LanguageSyntax,
  foreignNames: ReadonlyMap<string, string>,
) {
  const bareName = reduceToLetters(name);
  const exactName = knownNames.get(bareName);
  if (exactName !== undefined) return exactName;
  // The ending in this language's style, and the affix to remove before the name is compared.
  const [ending, affix] = CALLBACK_ENDING.test(bareName)
    ? [syntax.cbkSuffix, CALLBACK_ENDING]
    : CANCEL_ENDING.test(bareName)
      ? [syntax.cancelSuffix, CANCEL_ENDING]
      : ['', FOP_AFFIX];
  const base = bareName.replace(affix, '');
  const fop = knownNames.get(base) ?? foreignNames.get(base);
  if (fop !== undefined) return knownNames.get(reduceToLetters(fop + ending)) ?? fop;
  if (bareName.length < MIN_LETTERS) return undefined;
  const nearestLetters = findNearest(bareName, knownNames.keys());
  return nearestLetters === undefined || nearestLetters.length < MIN_LETTERS
    ? undefined
    : knownNames.get(nearestLetters);
}

/**
 * A string literal that may use a method: it is just a name (for getattr), or contains `{…}` (code
 * of a template).
 */
const NAMING_LITERAL = /^(['"])(?:\w+|[^'"]*\{.*)\1$/;

/** Whether the module's text uses the name, other than where the method is defined. */
function isUsed(
  name: string,
  sources: readonly string[],
  { commentOrString, ...syntax }: LanguageSyntax,
): boolean {
  // `x.name` is a use for any x, as x may be the translator. But file objects have methods such as
  // `read` too: such a name is a use only after self, this or cls.
  const receiverPattern = isFopName(FOREIGN_NAMES.get(reduceToLetters(name)) ?? '')
    ? '(?:self|this|cls)'
    : '\\w+';
  const memberAccess = new RegExp(
    `(?:(?<![\\w.)\\]])${receiverPattern}|super\\(\\))\\s*\\??\\.\\s*$`,
  );
  const decoratedDefinition = /@[^\n]*\n\s*(?:async\s+)?def\s+$/;
  return sources.some((source) => {
    const usesNamesAsText = /\bgetattr\(|\b(?:this|self)\[/.test(source);
    const code = source.replace(commentOrString, (part) => (NAMING_LITERAL.test(part) ? part : ''));
    return [
      ...code.matchAll(new RegExp(`(?<![\\w$])${escapeForRegExp(name)}(?![\\w$])`, 'g')),
    ].some(({ index }) => {
      // The start of the line before, which may have a decorator.
      const contextStart = code.lastIndexOf('\n', code.lastIndexOf('\n', index - 1) - 1) + 1;
      const before = code.slice(contextStart, index);
      const after = code.slice(index + name.length);
      if (decoratedDefinition.test(before)) return true;
      if (syntax.definitionStart.test(before)) return false;
      if (/\.\s*$/.test(before)) return memberAccess.test(before);
      if (/["'`]$/.test(before) && /^["'`]/.test(after)) return usesNamesAsText;
      return syntax.hasBareNames && !/^\s*=(?!=)/.test(after);
    });
  });
}

const escapeForRegExp = (name: string): string => name.replace(/\$/g, '\\$');

type Remark = Guest['description']['warnings'][number];

/** The parts of a guest in which mistakes are found. */
export type DescribedGuest = Pick<Guest, 'description' | 'sources'>;

/** Lists remarks on the likely mistakes of the module that was read from `path`. */
export function findRemarks(
  guest: DescribedGuest,
  path: string,
  syntax: LanguageSyntax,
): Suspicion[] {
  const { description } = guest;
  const remarks = [
    // Mistakes that the guest itself has found.
    ...description.warnings,
    ...findMisnamed(guest, syntax),
    ...findUncalledAndUnread(guest, syntax, path),
    ...(description.files === undefined ? description.methods : []).flatMap((method) =>
      findReordered(method, syntax),
    ),
  ];
  return remarks.map(([file, line, func, text]) => ({
    position: printable(`${file}:${line}`),
    text: printable(text),
    source: { file: printable(file.slice(file.lastIndexOf('/') + 1)), line, func: printable(func) },
  }));
}

/** Makes remarks on methods whose names resemble a known name. */
function findMisnamed(
  { description, sources = [] }: DescribedGuest,
  syntax: LanguageSyntax,
): Remark[] {
  const knownNames = collectHostNames(description, syntax);
  const calledNames = new Set(knownNames.values());
  const remarks: Remark[] = [];
  for (const [name, file, line] of description.methods) {
    // An override of the author's own base class is deliberate.
    if (name.startsWith('_') || description.methods.filter(([each]) => each === name).length > 1) {
      continue;
    }
    const text = calledNames.has(name)
      ? describeUnreachedCancel(name, syntax, description.fops)
      : describeMisspelling(name, knownNames, syntax, description.files !== undefined);
    if (text === undefined || (!calledNames.has(name) && isUsed(name, sources, syntax))) continue;
    remarks.push([file, line, name, text]);
  }
  return remarks;
}

/** Returns a remark on a name that resembles a known one; undefined if it resembles none. */
function describeMisspelling(
  name: string,
  knownNames: ReadonlyMap<string, string>,
  syntax: LanguageSyntax,
  isFiles: boolean,
) {
  const foreignNames = isFiles ? FOREIGN_METHODS : FOREIGN_NAMES;
  const suggestion = findNearestKnownName(name, knownNames, syntax, foreignNames);
  if (suggestion !== undefined) {
    return `${name} is no ${isFiles ? 'method of a Files' : 'fop'} or hook, and is never called (did you mean '${suggestion}'?)`;
  }
  if (!name.endsWith(syntax.cbkSuffix)) return undefined;
  return `${name} is the callback of no fop, and is never called`;
}

/** Returns a remark on a `<fop>_cancel` whose fop the module does not define. */
function describeUnreachedCancel(
  name: string,
  { cancelSuffix }: LanguageSyntax,
  fops: Guest['description']['fops'],
): string | undefined {
  const base = name.endsWith(cancelSuffix) ? name.slice(0, -cancelSuffix.length) : '';
  if (!isFopName(base) || (fops[base]?.kind ?? 'none') !== 'none') return undefined;
  return `${name} is never called: there is no ${base}`;
}

/** Makes a remark on a method that has its fop's parameters in another order. */
function findReordered(
  [name, file, line, params]: DefinedMethod,
  { cbkSuffix, convertName }: LanguageSyntax,
): Remark[] {
  const isCbk = name.endsWith(cbkSuffix);
  const fop = isCbk ? name.slice(0, -cbkSuffix.length) : name;
  const row = findFop(fop);
  if (row?.name !== fop) return [];
  const fopParameters = (isCbk ? row.reply : row.args).map((arg) => arg.name);
  const expectedNames = ['frame', ...(isCbk ? ['op_ret', 'op_errno'] : []), ...fopParameters].map(
    convertName,
  );
  const wrongIndex = params.findIndex(
    (param, index) => param !== expectedNames[index] && expectedNames.includes(param),
  );
  if (wrongIndex < 0) return [];
  const received = `its '${params[wrongIndex]}' gets the ${expectedNames[wrongIndex] ?? 'rest'}`;
  return [[file, line, name, `${name} is called with (${expectedNames.join(', ')}): ${received}`]];
}

/** Makes remarks on fops and hooks outside the class, and on declarations that are never read. */
function findUncalledAndUnread(
  { description, sources = [] }: DescribedGuest,
  syntax: LanguageSyntax,
  path: string,
): Remark[] {
  const source = (sources[0] ?? '').replace(syntax.commentOrString, (part) =>
    part.replace(/[^\n]/g, ' '),
  );
  const lines = source.split('\n');
  const ownMethods = description.methods.filter(([, file]) => file === path);
  const calledNames = new Set(collectHostNames(description, syntax).values());
  /** The number of the first line that matches; 0 if none does. */
  const findLine = (pattern: RegExp): number => lines.findIndex((line) => pattern.test(line)) + 1;
  const firstClassLine = findLine(syntax.classLine);
  const readIndent = (line: number): string => /^[ \t]*/.exec(lines[line - 1] ?? '')![0];
  const isNameUsed = (name: string, hasBareNames: boolean): boolean =>
    isUsed(name, sources, { ...syntax, hasBareNames });

  /**
   * Describes why the function defined in `line` is never called; undefined if it may be called.
   */
  const describeUncalledFunction = (name: string, line: number): string | undefined => {
    const definitions = ownMethods.filter(([each]) => each === name);
    const isDecorated = /^\s*@/.test(lines[line - 2] ?? '');
    if (!calledNames.has(name) || isDecorated || definitions.some(([, , at]) => at === line))
      return undefined;
    const redefinitionLine = definitions.find(([, , at]) => at > line)?.[2];
    if (
      redefinitionLine !== undefined &&
      firstClassLine > 0 &&
      line > firstClassLine &&
      readIndent(line) === readIndent(redefinitionLine)
    ) {
      return `${name} is defined once more in line ${redefinitionLine}, and that one counts`;
    }
    if (!syntax.functionLine.test(lines[line - 1]!) || isNameUsed(name, true)) return undefined;
    return `${name} is no method of the translator's class, and is never called`;
  };
  const uncalled = syntax.functionDefinitions.flatMap((pattern) => {
    let [line, from] = [1, 0];
    return [...source.matchAll(pattern)].flatMap(({ index, groups }): Remark[] => {
      line += source.slice(from, index).split('\n').length - 1;
      from = index;
      const name = groups!.name!;
      const text = describeUncalledFunction(name, line);
      return text === undefined ? [] : [[path, line, name, text]];
    });
  });

  const observesLine = findLine(/\b(?:self|this)\.observes[ \t]*=(?!=)/);
  const instanceText = 'observes belongs to the class: what an instance is given is never read';
  const instanceRemarks: Remark[] =
    observesLine > 0 ? [[path, observesLine, 'observes', instanceText]] : [];

  const { properties = [] } = description;
  const propertyNames = new Set(properties.map(([name]) => name));
  const unread = properties.flatMap(([name, isOption]): Remark[] => {
    if (syntax.classAttributes.includes(name) || name.startsWith('_')) return [];
    const line = findLine(new RegExp(`^\\s+(?:static\\s+)?${escapeForRegExp(name)}\\s*=(?!=)`));
    const suggestion = findNearest(name, syntax.classAttributes);
    if (suggestion !== undefined && !propertyNames.has(suggestion) && !isNameUsed(name, false)) {
      return [[path, line, name, `${name} is never read (did you mean '${suggestion}'?)`]];
    }
    if (!isOption || isNameUsed(name, true)) return [];
    const text = `${name} is no option: options = {…} of the class names all of them`;
    return [[path, line, name, text]];
  });
  return [...uncalled, ...instanceRemarks, ...unread];
}

/** The maximum number of fops that one warning names. */
const MAX_SHOWN_NAMES = 6;

/**
 * Returns a warning about fops that a module with several subvolumes does not define. Undefined if
 * it defines all, or declares whether the others pass through (`declared` is a boolean).
 */
export function describeOmittedFops(
  xl: Pick<Xlator, 'below' | 'warnSuspicious'>,
  [passDeclaration, refuseDeclaration]: LanguageSyntax['passThroughDeclarations'],
  declared: unknown,
  isDefined: (name: FopName) => boolean,
): string | undefined {
  const { length: childCount } = xl.below;
  if (childCount < 2 || typeof declared === 'boolean') return undefined;
  const names = fopNames.filter((name) => !isDefined(name));
  if (names.length === 0) return undefined;
  const shownNames = names.slice(0, MAX_SHOWN_NAMES).join(', ');
  const omittedText =
    names.length > MAX_SHOWN_NAMES ? ` and ${names.length - MAX_SHOWN_NAMES} more` : '';
  return (
    `with ${childCount} subvolumes, ${shownNames}${omittedText} that it does not define answer EOPNOTSUPP: ` +
    `'${passDeclaration}' sends them to the first, '${refuseDeclaration}' says that this is meant`
  );
}

/**
 * Logs the warnings about fops that a module does not define (`describeOmittedFops`, and `core/fop-views.ts` if it does
 * not declare that it observes), and passes them to the command that starts the graph.
 */
export function logFopGaps(
  xl: Pick<Xlator, 'below' | 'warnSuspicious'>,
  { description: { fops, observes, passesThrough } }: DescribedGuest,
  path: string,
  declarations: LanguageSyntax['passThroughDeclarations'],
): void {
  const hasMethod = (name: FopName): boolean => (fops[name]?.kind ?? 'none') !== 'none';
  const isSeen = (name: FopName): boolean => hasMethod(name) || fops[name]?.cbk === true;
  const isDefined = (name: FopName): boolean => isSeen(name) && fops[name]!.any !== true;
  const seesReply = (name: FopName): boolean =>
    fops[name]?.kind === 'async' || fops[name]?.cbk === true;
  const answers = (name: FopName): boolean => fops[name]?.answers === true;
  const gaps = observes === true ? [] : findViewGaps({ isDefined, isSeen, seesReply, answers });
  warnOfFopGaps(xl, path, [
    describeOmittedFops(xl, declarations, passesThrough, hasMethod),
    describeViewGaps(gaps),
  ]);
}

/** Logs those of the texts that are defined. */
export function warnOfFopGaps(
  xl: Pick<Xlator, 'warnSuspicious'>,
  path: string,
  texts: readonly (string | undefined)[],
): void {
  xl.warnSuspicious(
    texts.flatMap((text) => (text === undefined ? [] : [{ position: path, text }])),
  );
}
