/**
 * Declares options of GlusterFS that are accepted without effect. `glossa check` reports them, unless the value is the
 * default, or the one that glusterd writes into every volfile.
 */
import { isOn } from './option-types.ts';
import type { Options, UsualValue } from './options.ts';

/** The declaration of an option without effect. */
export interface EffectlessOption {
  readonly type: 'str';
  readonly description: string;
  readonly reconfigurable: true;
  readonly usual: UsualValue;
}

/**
 * Declares options that are accepted without effect.
 * @param usual for each option, the value that is not reported; null to report none, undefined to report all
 */
export const declareEffectlessOptions = <K extends string>(
  usual: Readonly<Record<K, UsualValue>>,
  description = "Accepted, without effect: it is about GlusterFS's own way of doing this.",
): Readonly<Record<K, EffectlessOption>> =>
  Object.fromEntries(
    Object.entries<UsualValue>(usual).map(([key, value]) => [
      key,
      { type: 'str', description, reconfigurable: true, usual: value },
    ]),
  ) as Record<K, EffectlessOption>;

/** Returns a message for each option without effect whose value is not the usual one. */
export const listEffectlessOptions = (
  options: Options,
  values: Readonly<Record<string, unknown>>,
): string[] =>
  Object.entries(options).flatMap(([key, spec]) => {
    const value = values[key];
    const isReported =
      'usual' in spec && value !== undefined && spec.usual !== null && !isSame(value, spec.usual);
    return isReported ? [`option '${key}' has no effect here`] : [];
  });

/** Whether a value equals the usual one; a boolean equals GlusterFS's words for it. */
const isSame = (actual: unknown, expected: unknown): boolean =>
  typeof actual === 'string' && typeof expected === 'boolean'
    ? isOn(actual) === expected
    : String(actual) === String(expected);
