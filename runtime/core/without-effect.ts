/**
 * Options that are accepted, and have no effect here: `glossa check` tells of them. What management
 * writes into every volfile is nothing to tell of, nor is what only says the default.
 */
import type { Context } from './context.ts';

/** By option, the value that `glossa check` does not report; null: it reports none. */
export type UsualValues = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface AcceptedOption {
  readonly type: 'str';
  readonly description: string;
  readonly reconfigurable: true;
}

/** Defines options that are accepted without effect. */
export function acceptedOptions<T extends UsualValues>(
  usual: T,
  description = "Accepted, without effect: it is about GlusterFS's own way of doing this.",
): { readonly [K in keyof T]: AcceptedOption } {
  const option: AcceptedOption = { type: 'str', description, reconfigurable: true };
  const all = Object.keys(usual).map((key) => [key, option]);
  return Object.fromEntries(all) as { readonly [K in keyof T]: AcceptedOption };
}

/** For `check` of a translator. */
export function tellWithoutEffect(
  context: Context,
  values: Readonly<Record<string, unknown>>,
  usual: UsualValues,
): void {
  for (const [key, expected] of Object.entries(usual)) {
    const given = values[key];
    if (given !== undefined && expected !== null && !isSame(given, expected)) {
      context.warn?.(`option '${key}' has no effect here`);
    }
  }
}

const ON = /^(on|yes|true|enable|1)$/i;

const isSame = (given: unknown, expected: unknown): boolean =>
  typeof given === 'string' && typeof expected === 'boolean'
    ? ON.test(given) === expected
    : String(given) === String(expected);
