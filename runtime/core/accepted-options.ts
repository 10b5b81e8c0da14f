/**
 * Options that are accepted without effect. `glossa check` reports them, except for values that management writes
 * into every volfile and for defaults.
 */
import type { Options, UsualValue } from './options.ts';

export interface AcceptedOption {
  readonly type: 'str';
  readonly description: string;
  readonly reconfigurable: true;
  readonly usual: UsualValue;
}

/** Declares options that are accepted without effect. @param usual the unreported value of each option */
export const acceptedOptions = <K extends string>(
  usual: Readonly<Record<K, UsualValue>>,
  description = "Accepted, without effect: it is about GlusterFS's own way of doing this.",
): Readonly<Record<K, AcceptedOption>> =>
  Object.fromEntries(
    Object.entries<UsualValue>(usual).map(([key, value]) => [
      key,
      { type: 'str', description, reconfigurable: true, usual: value },
    ]),
  ) as Record<K, AcceptedOption>;

/** Returns a message for each value without effect. */
export const withoutEffect = (
  options: Options,
  values: Readonly<Record<string, unknown>>,
): string[] =>
  Object.entries(options).flatMap(([key, spec]) => {
    const given = values[key];
    const isTold =
      'usual' in spec && given !== undefined && spec.usual !== null && !isSame(given, spec.usual);
    return isTold ? [`option '${key}' has no effect here`] : [];
  });

/** Whether a text is one of GlusterFS's words for on. */
export const isOn = (text: string): boolean => /^(on|yes|true|enable|1)$/i.test(text);

const isSame = (given: unknown, expected: unknown): boolean =>
  typeof given === 'string' && typeof expected === 'boolean'
    ? isOn(given) === expected
    : String(given) === String(expected);
