/** Decodes a compiled module's description (`glossa_describe` in glossa_entry.h), for guest.ts. */
import { fops } from '../../runtime/core/fops.ts';
import type { Options } from '../../runtime/core/options.ts';
import { type FopDescription, hooks as hookNames, type ModuleDescription } from '../host/guest.ts';
import { type RawOption, readDeclarations } from '../host/lifecycle/module-options.ts';
import { OBSERVES, PASSES_THROUGH, REFUSES_OTHERS } from './area.ts';
import type { Reader } from './messages.ts';

/** A decoded description. */
export interface ModuleRecord {
  readonly description: ModuleDescription;
  /** Flags of area.ts (`GLOSSA_NEEDS_*` and others in glossa.h). */
  readonly needs: number;
}

// Flags of a fop in a description: whether the module defines its function, its callback, and its
// interrupt callback.
const DEFINES_FOP = 1;
const DEFINES_CBK = 2;
const DEFINES_CANCEL = 4;
/** Fops are numbered from 0, with gaps. */
const FOP_COUNT = Math.max(...fops.map(({ number }) => number)) + 1;

/** The option types by their numbers (`GF_OPTION_TYPE_*` in glossa.h). */
const OPTION_TYPES = ['str', 'int', 'sizet', 'percent', 'bool', 'path', 'time', 'double'] as const;

/**
 * Hooks that are called even if the module does not define them: in them, glossa's own code
 * in the module updates `this->options` and `child->up`.
 */
const ALWAYS_CALLED: ReadonlySet<string> = new Set(['reconfigure', 'notify']);

/** Decodes the description of the module at `path`. @throws {GraphError} for invalid options */
export function readDescription(path: string, from: Reader): ModuleRecord {
  const fopFlags = from.readNumbers(FOP_COUNT);
  const needs = from.readNumber();
  const hookFlags = from.readNumbers(hookNames.length);
  const fopDescriptions: Record<string, FopDescription> = {};
  for (const { name, number } of fops) {
    const flags = fopFlags[number]!;
    if ((flags & (DEFINES_FOP | DEFINES_CBK)) === 0) continue;
    fopDescriptions[name] = {
      kind: (flags & DEFINES_FOP) !== 0 ? 'plain' : 'none',
      cbk: (flags & DEFINES_CBK) !== 0,
      cancel: (flags & DEFINES_CANCEL) !== 0,
    };
  }
  const hooks = hookNames.filter(
    (name, index) => hookFlags[index] !== 0 || ALWAYS_CALLED.has(name),
  );
  return {
    description: {
      fops: fopDescriptions,
      hooks,
      options: readOptions(path, from),
      observes: (needs & OBSERVES) !== 0,
      passesThrough: readPassesThrough(needs),
      methods: [],
      warnings: [],
    },
    needs,
  };
}

/** Returns whether fops that the module omits are passed on; undefined if it does not declare it. */
const readPassesThrough = (needs: number): boolean | undefined =>
  (needs & (PASSES_THROUGH | REFUSES_OTHERS)) === 0 ? undefined : (needs & PASSES_THROUGH) !== 0;

/** Reads the declarations of all options, which null ends. @throws {GraphError} */
function readOptions(path: string, from: Reader): Options {
  const options: Record<string, RawOption> = {};
  for (let key = from.readTextOrNull(); key !== null; key = from.readTextOrNull()) {
    options[key] = readOption(from);
  }
  return readDeclarations(options, path);
}

/** Reads the declaration of an option. */
function readOption(from: Reader): RawOption {
  const [typeNumber, min, max] = from.readNumbers(3);
  const values: string[] = [];
  for (let value = from.readTextOrNull(); value !== null; value = from.readTextOrNull())
    values.push(value);
  const defaultText = from.readTextOrNull();
  const description = from.readTextOrNull() ?? '';
  // C's zeros stand for an option without bounds.
  const bounds = min === 0 && max === 0 ? {} : { min, max };
  const allowed = values.length === 0 ? {} : { values };
  // `readDeclarations` refuses a number as the type.
  const type = OPTION_TYPES[typeNumber!] ?? typeNumber;
  return { type, description, default: defaultText, reconfigurable: true, ...bounds, ...allowed };
}
