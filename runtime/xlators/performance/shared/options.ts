/** Options that all translators of performance/ have, and what is common in theirs. */
import { defineOptions } from '../../../core/options.ts';

export const commonOptions = defineOptions({
  'pass-through': {
    type: 'bool',
    default: false,
    description: 'Lets everything through, as if the volume were not there.',
    reconfigurable: true,
  },
});

/** What glusterd switches a translator on by. */
export const switchOption = (on: boolean) =>
  ({
    type: 'bool',
    default: on,
    description:
      'Accepted, without effect: glusterd says by it whether the volume is in the volfile at all.',
    reconfigurable: true,
  }) as const;
