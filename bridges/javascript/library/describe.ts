/** Reads and checks the definitions of a module's class, before its first request. */
import { type FopRow, fops } from '../../../runtime/core/fops.ts';
import { camel } from './child.ts';
import { stringify } from './host.ts';
import { placeOfOption } from './option.ts';
import { placeOf } from './report.ts';
import { Translator } from './translator.ts';

/** The host's names of hooks, with the methods' names here. */
export const HOOKS: Readonly<Record<string, string>> = {
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

export type TranslatorClass = (new () => Translator) & {
  readonly options: Readonly<Record<string, unknown>>;
  readonly observes: unknown;
  readonly passesThrough: unknown;
  readonly prototype: Record<string, unknown>;
  readonly name: string;
};

/** Finds the module's translator: `export class xlator`, or the default export. */
export function findClass(exports: Record<string, unknown>, path: string): TranslatorClass {
  const found = exports.xlator ?? exports.default;
  if (found === undefined) {
    const other = Object.values(exports).find(isTranslator);
    const instead =
      other === undefined
        ? 'write export class xlator extends Translator { … }'
        : `${where(other)}give ${other.name} that name`;
    throw new TypeError(`${path} exports no class xlator, and nothing as default: ${instead}`);
  }
  if (isTranslator(found)) return found;
  const what = `${where(found) || `${path}: `}xlator must be a class that extends Translator`;
  throw new TypeError(`${what} of 'glossa', not ${kindOfValue(found)}`);
}

const isTranslator = (found: unknown): found is TranslatorClass =>
  typeof found === 'function' && found.prototype instanceof Translator;

function kindOfValue(found: unknown): string {
  if (found instanceof Translator) return 'an object of one';
  if (typeof found !== 'function') return typeof found === 'object' ? 'an object' : String(found);
  return /^class\b/.test(String(found)) ? 'a class of its own' : 'a function';
}

const AsyncFunction = Object.getPrototypeOf(async () => {}) as object;
const AsyncGenerator = Object.getPrototypeOf(async function* () {}) as object;
const Generator = Object.getPrototypeOf(function* () {}) as object;

const kindOf = (method: unknown): object | null => Object.getPrototypeOf(method) as object | null;
export const isAsync = (method: unknown): boolean =>
  typeof method === 'function' && kindOf(method) === AsyncFunction;

type Method = (...args: never[]) => unknown;

/** A class's methods for one fop: of the fop's name, otherwise those for any fop. */
export interface Answers {
  readonly method: Method | undefined;
  readonly cbk: Method | undefined;
  readonly cancel: Method | undefined;
  /** True without methods of the fop's name. */
  readonly any: boolean;
}

export function answersOf({ prototype }: TranslatorClass, { name }: FopRow): Answers {
  const own = (key: string): Method | undefined => methodIn(prototype, key);
  const method = own(name) ?? own('anyFop');
  const cbk = own(`${name}Cbk`) ?? (isAsync(method) ? undefined : own('anyCbk'));
  const any = own(name) === undefined && own(`${name}Cbk`) === undefined;
  return { method, cbk, cancel: own(`${name}Cancel`) ?? own('anyCancel'), any };
}

function methodIn(prototype: Record<string, unknown>, key: string): Method | undefined {
  const found = prototype[key];
  if (found === undefined || typeof found === 'function') return found as Method | undefined;
  throw new TypeError(`${key} must be a method`);
}

function where(method: unknown): string {
  const { file, line } = placeOf(method);
  return line === 0 ? '' : `${file}:${line}: `;
}

function describeFop(row: FopRow, { method, cbk, cancel, any }: Answers) {
  const { name } = row;
  if (method !== undefined && [AsyncGenerator, Generator].includes(kindOf(method)!)) {
    throw new TypeError(
      `${where(method)}${name} has a yield in it: an async fop returns its reply`,
    );
  }
  const asynchronous = isAsync(method);
  if (asynchronous && cbk !== undefined) {
    throw new TypeError(`${where(cbk)}${name} is async and has a ${name}Cbk: choose one`);
  }
  if (isAsync(cbk)) {
    throw new TypeError(`${where(cbk)}${name}Cbk cannot be async; ${name} can be`);
  }
  check(method, name, ['frame', ...row.args.map((arg) => camel(arg.name))]);
  check(cbk, `${name}Cbk`, ['frame', 'opRet', 'opErrno', ...row.reply.map((a) => camel(a.name))]);
  return {
    kind: method === undefined ? 'none' : asynchronous ? 'async' : 'plain',
    cbk: cbk !== undefined || asynchronous,
    cancel: asynchronous || cancel !== undefined,
    any,
  };
}

function check(method: Method | undefined, name: string, params: readonly string[]): void {
  if (method === undefined || method.length <= params.length) return;
  const called = `${name} is a fop's and is called with (${params.join(', ')})`;
  throw new TypeError(`${where(method)}${called}, not (${paramsOf(method).join(', ')})`);
}

/** The names of a method's parameters, up to the first that is not a plain name. */
function paramsOf(method: unknown): string[] {
  const [, list = ''] = /^[^(]*\(([^)]*)/.exec(String(method)) ?? [];
  const names = list.split(',').map((name) => name.trim());
  const end = names.findIndex((name) => !/^[\w$]+$/.test(name));
  return end < 0 ? names : names.slice(0, end);
}

/** Describes a class as JSON for the host; throws TypeError for invalid definitions. */
export function describe(made: TranslatorClass, path: string): string {
  const described = fops.flatMap((row) => {
    const answers = answersOf(made, row);
    const defined = answers.method !== undefined || answers.cbk !== undefined;
    return defined ? [[row.name, describeFop(row, answers)]] : [];
  });
  const hooks = Object.keys(HOOKS).filter((name) => methodIn(made.prototype, HOOKS[name]!));
  const { options } = made;
  if (options === null || typeof options !== 'object') {
    throw new TypeError(`${path}: static options must be an object of name: Option`);
  }
  for (const [key, spec] of Object.entries(options)) {
    if (spec !== null && typeof spec === 'object' && 'type' in spec) continue;
    throw new TypeError(`${path}: options['${key}'] must be made by Option.int, Option.time, …`);
  }
  const methods = methodsOf(made);
  const { observes } = made;
  if (typeof observes !== 'boolean') {
    throw new TypeError(`${path}: static observes must be true or false, not ${String(observes)}`);
  }
  return stringify(
    {
      fops: Object.fromEntries(described),
      hooks,
      options: placed(options),
      observes,
      passesThrough: passesThrough(made, path),
      methods,
      properties: propertiesOf(made),
      warnings: [],
    },
    plain,
  );
}

function passesThrough(
  { passesThrough: said }: TranslatorClass,
  path: string,
): boolean | undefined {
  if (said === undefined || typeof said === 'boolean') return said;
  throw new TypeError(`${path}: static passesThrough must be true or false`);
}

/** Options with the places of their declarations. */
const placed = (options: TranslatorClass['options']) =>
  Object.fromEntries(
    Object.entries(options).map(([key, spec]) => {
      const place = placeOfOption(spec as object);
      return [key, { ...(spec as object), place: place && [place.file, place.line] }];
    }),
  );

/** Refuses a field that holds a function: the host calls methods only. */
export function refuseFields(translator: object, path: string): void {
  const called = new Set(Object.values(HOOKS));
  for (const row of fops) for (const end of ['', 'Cbk', 'Cancel']) called.add(row.name + end);
  for (const [name, value] of Object.entries(translator)) {
    if (OF_THE_CLASS.includes(name)) {
      throw new TypeError(`${path}: ${name} belongs to the class: write static ${name} = …`);
    }
    if (!called.has(name)) continue;
    throw new TypeError(`${where(value)}${name} is a field: write a method, ${name}(…) { … }`);
  }
}

const OF_THE_CLASS = ['options', 'observes', 'passesThrough'];

/** Converts a value for JSON, or to its text. */
function plain(_key: string, value: unknown): unknown {
  const odd = ['bigint', 'function', 'symbol'].includes(typeof value);
  const none = typeof value === 'number' && !Number.isFinite(value);
  return odd || none ? { shown: String(value).slice(0, 100) } : value;
}

/** [name, whether it is an Option] of the class's static values. */
const propertiesOf = (made: TranslatorClass): [string, boolean][] =>
  Object.entries(made).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'function'
      ? []
      : [[name, Object(value) === value && placeOfOption(value as object) !== undefined]],
  );

/** [name, file, line, parameters] of every method of the author's classes. */
function methodsOf({ prototype }: TranslatorClass): [string, string, number, string[]][] {
  const found: [string, string, number, string[]][] = [];
  for (let at: object = prototype; at !== Translator.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const value = Object.getOwnPropertyDescriptor(at, name)?.value as unknown;
      if (name === 'constructor' || typeof value !== 'function') continue;
      const { file, line, func } = placeOf(value);
      found.push([name, file, line, func === name ? paramsOf(value) : []]);
    }
  }
  return found;
}
