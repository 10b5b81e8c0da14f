/**
 * Defines protocol/server: exports the volumes below it as bricks to clients of GlusterFS and
 * glossa, in the program of GlusterFS since 4 (`gluster/rpc/`).
 *
 * A listener accepts connections (`client-connection.ts`), which authenticate (`auth.ts`) and serve
 * calls (`call.ts`, `resolve.ts`, `unmarshal.ts`). `server.ts` holds the shared state.
 * Source: GlusterFS 10 `xlators/protocol/server/src/`.
 */

import { isClientUpcall, isUpcall } from '../../../runtime/core/upcall.ts';
import {
  defaultNotify,
  defineTranslator,
  isChange,
  type Xlator,
} from '../../../runtime/core/xlator.ts';
import { certificatesOf } from '../shared/certificates.ts';
import { AUTH, authOptions, options, type Settings } from './options.ts';
import { placeOf, Server } from './server.ts';

/** The instance that this one replaces when the graph is exchanged. */
function before(xl: Xlator<Server>): Server | null {
  const other = xl.graph!.instances[xl.id];
  return other === undefined || other === xl ? null : (other.priv as Server);
}

export default defineTranslator<Server, typeof options>({
  type: 'protocol/server',
  description: 'Serves the volumes below as bricks to clients of GlusterFS and glossa.',
  children: [1, Number.POSITIVE_INFINITY],
  options,
  openOptions: AUTH,
  moreOptions: authOptions,
  fops: {},
  passesThrough: false,
  async check(_xl, settings) {
    placeOf(settings as Settings);
    certificatesOf(settings as Settings);
  },
  async init(xl, settings) {
    const other = before(xl);
    if (other !== null) {
      other.refuseMove(settings);
      return other;
    }
    const server = new Server(xl, settings);
    await server.listen();
    return server;
  },
  reconfigure(xl, settings) {
    xl.priv.reconfigure(xl, settings);
  },
  succeed(xl, former) {
    xl.priv = former.priv;
  },
  notify(xl, event, data) {
    const { priv } = xl;
    if (isChange(event) && xl.below.includes(data as Xlator)) {
      priv.changed((data as Xlator).name, event === 'CHILD_UP');
    }
    if (event === 'UPCALL' && isUpcall(data)) priv.upcall(data);
    if (event === 'UPCALL' && isClientUpcall(data)) priv.upcallTo(data);
    // An exchanged graph ends without closing the server, which its successor has taken over.
    if (event === 'PARENT_DOWN' && xl.graph!.xlators.includes(xl)) priv.leave();
    defaultNotify(xl, event, data);
  },
  fini: (xl) => xl.priv.end(),
  dump: (xl) => xl.priv.dump(),
});
