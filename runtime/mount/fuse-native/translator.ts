/** The translator record of this front end: an initiator of type mount/fuse-native. */
import { initiatorTranslator } from '../../core/initiator.ts';
import type { NativeFrontEnd } from './operations.ts';

export const fuseNativeTranslator = initiatorTranslator<NativeFrontEnd>(
  'mount/fuse-native',
  "Turns the requests of libfuse's path interface into fops on the top of the graph.",
  ({ priv }) => {
    const { fds, initiator } = priv.files.driver.client;
    return { 'in-flight': initiator.calls.size, 'open-fds': fds.size };
  },
);
