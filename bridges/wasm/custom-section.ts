/**
 * Reads the custom section `glossa` of a WebAssembly module, which describes the module in JSON
 * (docs/wasm-abi.md), so that commands need not run it.
 */
import { InitError } from '../../runtime/core/errors.ts';
import { findFop } from '../../runtime/core/fops.ts';
import { formatSuggestion } from '../../runtime/core/nearest.ts';
import { type FopDescription, hooks as hookNames, type ModuleDescription } from '../host/guest.ts';
import { type RawOption, readDeclarations } from '../host/lifecycle/module-options.ts';

/** The version of the interface. */
export const INTERFACE_VERSION = 1;
/** The name of the section. */
export const SECTION_NAME = 'glossa';

/** Words of `needs`: values with a cost, and declarations about fops and data (`GLOSSA_NEEDS_*` and others). */
const NEEDS = [
  'path',
  'groups',
  'clock',
  'client',
  'observes',
  'passes-through',
  'refuses-others',
] as const;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/**
 * Parses the section. A linker joins those of several object files: then each line is an object.
 * @throws {InitError}
 */
function parseSection(path: string, content: Uint8Array): Json {
  const fail = (why: string): never => {
    throw new InitError(`${path}: its section '${SECTION_NAME}' ${why}`);
  };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return fail('is not UTF-8');
  }
  const parse = (json: string): unknown => {
    try {
      return JSON.parse(json);
    } catch {
      return undefined;
    }
  };
  const whole = parse(text);
  if (isObject(whole)) return whole;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const objects = lines.map(parse);
  if (objects.length === 0 || !objects.every(isObject)) return fail('is not a JSON object');
  return Object.fromEntries(objects.flatMap((object) => Object.entries(object as Json)));
}

/**
 * Reads the description in the section; undefined if the section does not have all of it, or the
 * module has no such section.
 * @throws {InitError} for another version of the interface, an unknown need or a malformed section
 */
export function readSection(
  path: string,
  content: Uint8Array | undefined,
): ModuleDescription | undefined {
  if (content === undefined) return undefined;
  const section = parseSection(path, content);
  const { interface: version, needs = [], fops, hooks, options } = section;
  const fail = (why: string): never => {
    throw new InitError(`${path}: its section '${SECTION_NAME}': ${why}`);
  };
  if (version !== INTERFACE_VERSION) {
    throw new InitError(
      `${path} was compiled for version ${JSON.stringify(version)} of the interface, and this is version ` +
        `${INTERFACE_VERSION}: compile it anew`,
    );
  }
  if (!isTexts(needs)) return fail('needs is not a list of words');
  const unknown = needs.find((word) => !(NEEDS as readonly string[]).includes(word));
  if (unknown !== undefined)
    return fail(
      `it needs '${unknown}', which this version does not have${formatSuggestion(unknown, NEEDS)}`,
    );
  if (fops === undefined || hooks === undefined || options === undefined) return undefined;
  if (!isObject(fops)) return fail('fops is not an object');
  if (!isTexts(hooks)) return fail('hooks is not a list of names');
  const unknownHook = hooks.find((name) => !(hookNames as readonly string[]).includes(name));
  if (unknownHook !== undefined)
    return fail(`hook '${unknownHook}' is unknown${formatSuggestion(unknownHook, hookNames)}`);
  return {
    fops: Object.fromEntries(
      Object.entries(fops).map(([name, fop]): [string, FopDescription] => {
        if (findFop(name) === undefined) return fail(`fop '${name}' is unknown`);
        if (!isObject(fop)) return fail(`fop '${name}' is not an object`);
        return [
          name,
          {
            kind: fop.fop === true ? 'plain' : 'none',
            cbk: fop.cbk === true,
            cancel: fop.cancel === true,
          },
        ];
      }),
    ),
    hooks: hooks as ModuleDescription['hooks'],
    options: readDeclarations(readOptions(options, fail), path),
    observes: needs.includes('observes'),
    passesThrough: needs.includes('passes-through')
      ? true
      : needs.includes('refuses-others')
        ? false
        : undefined,
    methods: [],
    warnings: [],
  };
}

/** Reads the list of options: each has a `key`, and the properties of a declaration. */
function readOptions(
  options: unknown,
  fail: (why: string) => never,
): Readonly<Record<string, RawOption>> {
  if (!Array.isArray(options)) return fail('options is not a list');
  return Object.fromEntries(
    options.map((option: unknown) => {
      if (!isObject(option) || typeof option.key !== 'string')
        return fail('an option has to be an object with a key');
      const { key, ...declaration } = option;
      return [key, { reconfigurable: true, ...declaration }];
    }),
  );
}
