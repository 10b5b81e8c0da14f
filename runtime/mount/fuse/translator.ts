/** How the mount appears to the graph: an initiator of type mount/fuse. */
import type { Graph } from '../../core/graph.ts';
import { Initiator, initiatorTranslator } from '../../core/initiator.ts';
import type { Log } from '../../core/log.ts';
import type { Session } from './session.ts';

const fuseTranslator = initiatorTranslator<Session>(
  'mount/fuse',
  "Turns the kernel's FUSE requests into fops on the top of the graph.",
  ({ priv: session }) => {
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
);

export const fuseInitiator = (graph: Graph, log: Log): Initiator<Session> =>
  new Initiator(graph, 'fuse', fuseTranslator, log);
