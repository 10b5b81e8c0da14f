/** Reads and checks the definitions of a module's class, before its first request. */
import { type FopRow, fops } from '../../../runtime/core/fops.ts';
import { toCamelCase } from './child.ts';
import { describeData } from './data-filter.ts';
import { describeSeen } from './entry-seen.ts';
import { describeFiles, Files, isFilesClass } from './files-class.ts';
import { stringify } from './host.ts';
import { findOptionPosition } from './option.ts';
import { findDefinition } from './report.ts';
import { Translator } from './translator.ts';

/** The module's method for each hook, by the host's name of the hook. */
export const HOOK_METHODS: Readonly<Record<string, string>> = {
  fini: 'fini',
  notify: 'notify',
  client_disconnect: 'clientDisconnect',
  entry_created: 'entryCreated',
  entry_removed: 'entryRemoved',
  reconfigure: 'reconfigure',
  load_state: 'loadState',
  statedump: 'statedump',
  dump_state: 'dumpState',
};

/** A module's class, with the static values that the host reads. */
export type TranslatorClass = (new () => Translator) & {
  readonly options: Readonly<Record<string, unknown>>;
  readonly observes: unknown;
  readonly passesThrough: unknown;
  readonly prototype: Record<string, unknown>;
  readonly name: string;
};

/** Finds the module's translator: `export class xlator`, or the default export. */
export function findTranslatorClass(
  exports: Record<string, unknown>,
  path: string,
): TranslatorClass {
  const exported = exports.xlator ?? exports.default;
  if (exported === undefined) {
    const otherTranslator = Object.values(exports).find(isTranslator);
    const correction =
      otherTranslator === undefined
        ? 'write export class xlator extends Translator { … }'
        : `${formatPosition(otherTranslator)}give ${otherTranslator.name} that name`;
    throw new TypeError(`${path} exports no class xlator, and nothing as default: ${correction}`);
  }
  if (isTranslator(exported)) return exported;
  const problem = `${formatPosition(exported) || `${path}: `}xlator must be a class that extends Translator`;
  throw new TypeError(`${problem} of 'glossa', not ${describeValue(exported)}`);
}

const isTranslator = (value: unknown): value is TranslatorClass =>
  typeof value === 'function' && value.prototype instanceof Translator;

/** Describes an export that is no translator's class, for the error. */
function describeValue(value: unknown): string {
  if (value instanceof Translator) return 'an object of one';
  if (typeof value !== 'function') return typeof value === 'object' ? 'an object' : String(value);
  return /^class\b/.test(String(value)) ? 'a class of its own' : 'a function';
}

const AsyncFunction = Object.getPrototypeOf(async () => {}) as object;
const AsyncGenerator = Object.getPrototypeOf(async function* () {}) as object;
const Generator = Object.getPrototypeOf(function* () {}) as object;

const getPrototype = (method: unknown): object | null =>
  Object.getPrototypeOf(method) as object | null;
export const isAsync = (method: unknown): boolean =>
  typeof method === 'function' && getPrototype(method) === AsyncFunction;

type Method = (...args: never[]) => unknown;

/** A class's methods for one fop: those of the fop's name, otherwise those for any fop. */
export interface FopMethods {
  readonly method: Method | undefined;
  readonly cbk: Method | undefined;
  readonly cancel: Method | undefined;
  /** True if the class has no methods of the fop's name. */
  readonly isForAnyFop: boolean;
}

/** Finds the class's methods for a fop. */
export function findMethods({ prototype }: TranslatorClass, { name }: FopRow): FopMethods {
  const findMethod = (key: string): Method | undefined => readMethod(prototype, key);
  const method = findMethod(name) ?? findMethod('anyFop');
  const cbk = findMethod(`${name}Cbk`) ?? (isAsync(method) ? undefined : findMethod('anyCbk'));
  const isForAnyFop = findMethod(name) === undefined && findMethod(`${name}Cbk`) === undefined;
  const cancel = findMethod(`${name}Cancel`) ?? findMethod('anyCancel');
  return { method, cbk, cancel, isForAnyFop };
}

/** Reads a method of the class; undefined if it lacks it. @throws {TypeError} for another value */
function readMethod(prototype: Record<string, unknown>, key: string): Method | undefined {
  const value = prototype[key];
  if (value === undefined || typeof value === 'function') return value as Method | undefined;
  throw new TypeError(`${key} must be a method`);
}

/** Formats a method's position as the start of an error's text; '' if unknown. */
function formatPosition(method: unknown): string {
  const { file, line } = findDefinition(method);
  return line === 0 ? '' : `${file}:${line}: `;
}

/** Describes a fop's methods for the host. @throws {TypeError} for an invalid combination */
function describeFop(row: FopRow, { method, cbk, cancel, isForAnyFop }: FopMethods) {
  const { name } = row;
  if (method !== undefined && [AsyncGenerator, Generator].includes(getPrototype(method)!)) {
    throw new TypeError(
      `${formatPosition(method)}${name} has a yield in it: an async fop returns its reply`,
    );
  }
  const isAsyncMethod = isAsync(method);
  if (isAsyncMethod && cbk !== undefined) {
    throw new TypeError(`${formatPosition(cbk)}${name} is async and has a ${name}Cbk: choose one`);
  }
  if (isAsync(cbk)) {
    throw new TypeError(`${formatPosition(cbk)}${name}Cbk cannot be async; ${name} can be`);
  }
  checkParameters(method, name, ['frame', ...row.args.map((arg) => toCamelCase(arg.name))]);
  checkParameters(cbk, `${name}Cbk`, [
    'frame',
    'opRet',
    'opErrno',
    ...row.reply.map((a) => toCamelCase(a.name)),
  ]);
  return {
    kind: method === undefined ? 'none' : isAsyncMethod ? 'async' : 'plain',
    cbk: cbk !== undefined || isAsyncMethod,
    cancel: isAsyncMethod || cancel !== undefined,
    any: isForAnyFop,
    answers: ANSWERS.test(String(method)),
  };
}

/** Matches the source of a method that answers or fails requests itself. */
const ANSWERS = /\b(unwind|unwindFor|fail|throw)\b/;

/** Refuses a method with more parameters than the fop has. */
function checkParameters(
  method: Method | undefined,
  name: string,
  params: readonly string[],
): void {
  if (method === undefined || method.length <= params.length) return;
  const signature = `${name} is a fop's and is called with (${params.join(', ')})`;
  throw new TypeError(
    `${formatPosition(method)}${signature}, not (${readParams(method).join(', ')})`,
  );
}

/** Reads the names of a method's parameters, up to the first that is not a plain name. */
function readParams(method: unknown): string[] {
  const [, list = ''] = /^[^(]*\(([^)]*)/.exec(String(method)) ?? [];
  const names = list.split(',').map((name) => name.trim());
  const firstComplexIndex = names.findIndex((name) => !/^[\w$]+$/.test(name));
  return firstComplexIndex < 0 ? names : names.slice(0, firstComplexIndex);
}

/** Describes a class as JSON for the host; throws TypeError for invalid definitions. */
export function describeClass(translatorClass: TranslatorClass, path: string): string {
  const files = isFilesClass(translatorClass)
    ? describeFiles(translatorClass, path, isAsync)
    : undefined;
  const fopDescriptions = (files === undefined ? fops : []).flatMap((row) => {
    const methodsOfFop = findMethods(translatorClass, row);
    const isDefined = methodsOfFop.method !== undefined || methodsOfFop.cbk !== undefined;
    return isDefined ? [[row.name, describeFop(row, methodsOfFop)]] : [];
  });
  const hooks = Object.keys(HOOK_METHODS).filter((name) =>
    readMethod(translatorClass.prototype, HOOK_METHODS[name]!),
  );
  const { options } = translatorClass;
  if (options === null || typeof options !== 'object') {
    throw new TypeError(`${path}: static options must be an object of name: Option`);
  }
  for (const [key, spec] of Object.entries(options)) {
    if (spec !== null && typeof spec === 'object' && 'type' in spec) continue;
    throw new TypeError(`${path}: options['${key}'] must be made by Option.int, Option.time, …`);
  }
  const methods = listMethods(translatorClass);
  const { observes } = translatorClass;
  if (typeof observes !== 'boolean') {
    throw new TypeError(`${path}: static observes must be true or false, not ${String(observes)}`);
  }
  return stringify(
    {
      fops: Object.fromEntries(fopDescriptions),
      files,
      ...(files === undefined && describeData(translatorClass, isAsync)),
      entrySeen: files === undefined ? describeSeen(translatorClass, isAsync) : undefined,
      hooks,
      options: addPositions(options),
      observes,
      passesThrough: readPassesThrough(translatorClass, path),
      methods,
      properties: listProperties(translatorClass),
      warnings: [],
    },
    makeJsonValue,
  );
}

/** Reads and checks the class's `passesThrough`. @throws {TypeError} */
function readPassesThrough(
  { passesThrough: value }: TranslatorClass,
  path: string,
): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw new TypeError(`${path}: static passesThrough must be true or false`);
}

/** Adds to each option the position of its declaration. */
const addPositions = (options: TranslatorClass['options']) =>
  Object.fromEntries(
    Object.entries(options).map(([key, spec]) => {
      const position = findOptionPosition(spec as object);
      return [key, { ...(spec as object), place: position && [position.file, position.line] }];
    }),
  );

/** Refuses a field that holds a function: the host calls methods only. */
export function refuseFields(translator: object, path: string): void {
  const methodNames = new Set(Object.values(HOOK_METHODS));
  for (const row of fops)
    for (const suffix of ['', 'Cbk', 'Cancel']) methodNames.add(row.name + suffix);
  for (const [name, value] of Object.entries(translator)) {
    if (STATIC_NAMES.includes(name)) {
      throw new TypeError(`${path}: ${name} belongs to the class: write static ${name} = …`);
    }
    if (!methodNames.has(name)) continue;
    throw new TypeError(
      `${formatPosition(value)}${name} is a field: write a method, ${name}(…) { … }`,
    );
  }
}

/** Names that a module must define as static. */
const STATIC_NAMES = ['options', 'observes', 'passesThrough'];

/** Maximum number of characters of a value's text. */
const MAX_SHOWN_LENGTH = 100;

/** Converts a value that JSON cannot express to its text, which the host's errors show. */
function makeJsonValue(_key: string, value: unknown): unknown {
  const isUnsupportedType = ['bigint', 'function', 'symbol'].includes(typeof value);
  const isNotFinite = typeof value === 'number' && !Number.isFinite(value);
  return isUnsupportedType || isNotFinite
    ? { shown: String(value).slice(0, MAX_SHOWN_LENGTH) }
    : value;
}

/** Lists the class's static values as [name, whether it is an Option]. */
const listProperties = (translatorClass: TranslatorClass): [string, boolean][] =>
  Object.entries(translatorClass).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'function'
      ? []
      : [[name, Object(value) === value && findOptionPosition(value as object) !== undefined]],
  );

/** Lists the methods of the author's classes as [name, file, line, parameters]. */
function listMethods({ prototype }: TranslatorClass): [string, string, number, string[]][] {
  const rows: [string, string, number, string[]][] = [];
  for (
    let owner: object = prototype;
    owner !== Translator.prototype && owner !== Files.prototype;
    owner = Object.getPrototypeOf(owner)
  ) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      const value = Object.getOwnPropertyDescriptor(owner, name)?.value as unknown;
      if (name === 'constructor' || typeof value !== 'function') continue;
      const { file, line, func } = findDefinition(value);
      rows.push([name, file, line, func === name ? readParams(value) : []]);
    }
  }
  return rows;
}
