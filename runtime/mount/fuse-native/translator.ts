/** Declares mount/fuse-native: the volume above the graph from which libfuse's requests start. */
import { makeInitiatorTranslator } from '../../core/initiator.ts';
import type { NativeFrontEnd } from './operations.ts';

/** The translator of that volume. */
export const fuseNativeTranslator = makeInitiatorTranslator<NativeFrontEnd>(
  'mount/fuse-native',
  "Turns the requests of libfuse's path interface into fops on the top of the graph.",
  // The state for statedumps and `meta`.
  ({ priv }) => {
    const { fds, initiator } = priv.files.driver.client;
    return { 'in-flight': initiator.calls.size, 'open-fds': fds.size };
  },
);
