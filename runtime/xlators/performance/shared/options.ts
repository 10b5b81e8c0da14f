/** Options that all translators of performance/ have, and what is common in theirs. */
import { InitError } from '../../../core/errors.ts';
import { reconfigurableOptions } from '../../../core/options.ts';
import type { Xlator } from '../../../core/xlator.ts';

export const commonOptions = reconfigurableOptions({
  'pass-through': {
    type: 'bool',
    default: false,
    description: 'Lets everything through, as if the volume were not there.',
  },
});

/** What glusterd switches a translator on by. */
export const switchOption = (on: boolean) =>
  ({
    type: 'bool',
    default: on,
    description:
      'Accepted, without effect: glusterd says by it whether the volume is in the volfile at all.',
  }) as const;

/** @throws {InitError} where a cache may be larger than all memory, as GlusterFS refuses it, too */
export function checkMemory(
  { context }: Xlator<unknown>,
  given: { readonly 'cache-size': number },
): void {
  const { totalMemory = Number.POSITIVE_INFINITY } = context;
  if (given['cache-size'] <= totalMemory) return;
  throw new InitError(
    `cache-size (${given['cache-size']} bytes) is more than this machine has memory (${totalMemory})`,
  );
}
