/**
 * Options that are accepted, and have no effect here: `glossa check` tells of them. What management
 * writes into every volfile is nothing to tell of, nor is what only says the default.
 */
import type { Context } from './context.ts';

/**
 * For `check` of a translator.
 * @param usual by the option, the value that nobody need be told of
 */
export function tellWithoutEffect(
  context: Context,
  values: Readonly<Record<string, unknown>>,
  usual: Readonly<Record<string, unknown>>,
): void {
  for (const [key, expected] of Object.entries(usual)) {
    const given = values[key];
    if (given !== undefined && given !== expected)
      context.warn?.(`option '${key}' has no effect here`);
  }
}
