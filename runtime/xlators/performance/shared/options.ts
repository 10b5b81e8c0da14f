/** Defines the options that translators of performance/ share, and checks their memory limit. */
import { InitError } from '../../../core/errors.ts';
import { defineReconfigurableOptions } from '../../../core/options.ts';
import type { Xlator } from '../../../core/xlator.ts';

export const commonOptions = defineReconfigurableOptions({
  'pass-through': {
    type: 'bool',
    default: false,
    description: 'Lets everything through, as if the volume were not there.',
  },
});

/** Makes the option by which glusterd decides whether a translator is in the volfile; here it has no effect. */
export const makeSwitchOption = (isOnByDefault: boolean) =>
  ({
    type: 'bool',
    default: isOnByDefault,
    description:
      'Accepted without effect: glusterd decides by it whether a volfile has this volume.',
  }) as const;

/** Checks option cache-size. @throws {InitError} if it exceeds the machine's memory, as in GlusterFS */
export function checkMemory(
  { context }: Xlator<unknown>,
  values: { readonly 'cache-size': number },
): void {
  const { totalMemory = Number.POSITIVE_INFINITY } = context;
  if (values['cache-size'] <= totalMemory) return;
  throw new InitError(
    `cache-size (${values['cache-size']} bytes) is more than this machine has memory (${totalMemory})`,
  );
}
