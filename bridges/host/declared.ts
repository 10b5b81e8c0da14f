/** The options that a module declares for its volume, checked as those of a built-in translator. */
import { GraphError, InitError } from '../../runtime/core/errors.ts';
import { optionTypes } from '../../runtime/core/option-types.ts';
import { checkOptions, genericOptions, type Options } from '../../runtime/core/options.ts';
import type { Xlator } from '../../runtime/core/xlator.ts';

/**
 * The values that the volfile gives the module's options; one that has no value is null.
 * @param own the options of the host translator itself, `type` its name.
 * @param path the module's file, for messages.
 * @throws {InitError} for a declaration that cannot be, {GraphError} for wrong values.
 */
export function moduleOptions(
  xl: Xlator<unknown>,
  own: Options,
  declared: Options,
  path: string,
): Record<string, unknown> {
  const taken = Object.keys(declared).filter((key) => key in own || key in genericOptions);
  if (taken.length > 0) {
    throw new InitError(`${path}: option ${taken.join(', ')} belongs to ${xl.type} itself`);
  }
  for (const [key, { type }] of Object.entries(declared)) {
    if (type in optionTypes) continue;
    throw new InitError(`${path}: option ${key} has the type '${type}', which is none`);
  }
  // All keys together, so that a slip in one of the host's own finds its suggestion too.
  const all: Options = { ...genericOptions, ...own, ...declared };
  const { values, problems } = checkOptions(all, xl.given, { strict: xl.context.strict });
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new GraphError(errors.map((p) => `${p.where ?? path}: ${p.message}`));
  }
  xl.doubt(problems.map(({ where, message }) => ({ where: where ?? path, text: message })));
  return Object.fromEntries(Object.keys(declared).map((key) => [key, values[key] ?? null]));
}
