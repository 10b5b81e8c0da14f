/** How the mount appears to the graph: an initiator of type mount/fuse, which no volfile names. */
import { defineTranslator, type Translator } from '../../core/xlator.ts';
import type { Session } from './session.ts';

export const fuseTranslator: Translator<Session> = defineTranslator<Session, Record<string, never>>(
  {
    type: 'mount/fuse',
    description: "Turns the kernel's FUSE requests into fops on the top of the graph.",
    children: [1, 1],
    options: {},
    fops: {},
    init() {
      throw new Error('mount/fuse is made by mounting, not by a volfile');
    },
    dump({ priv: session }) {
      const { requests, inFlight, fds, notices, passthrough, writeback } = session;
      return {
        requests,
        'in-flight': inFlight,
        'open-fds': fds.size,
        notices: notices.sent,
        passthrough: passthrough.agreed ? 'on' : 'off',
        'passthrough-fds': passthrough.size,
        'passthrough-opened': passthrough.opened,
        'writeback-cache': writeback ? 'on' : 'off',
      };
    },
  },
);
