/** How this front end appears to the graph: an initiator of type mount/fuse-native. */
import { defineTranslator, type Translator } from '../../core/xlator.ts';
import type { Front } from './operations.ts';

export const fuseNativeTranslator: Translator<Front> = defineTranslator<
  Front,
  Record<string, never>
>({
  type: 'mount/fuse-native',
  description: "Turns the requests of libfuse's path interface into fops on the top of the graph.",
  children: [1, 1],
  options: {},
  fops: {},
  init() {
    throw new Error('mount/fuse-native is made by mounting, not by a volfile');
  },
  dump({ priv: { driver, fds } }) {
    return { 'in-flight': driver.inFlight.size, 'open-fds': fds.size };
  },
});
