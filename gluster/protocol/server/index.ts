/**
 * Defines protocol/server: exports the volumes below it as bricks to clients of GlusterFS and glossa, by RPCs of the
 * program GlusterFS 4.x v1 (`gluster/rpc/`).
 *
 * A listener accepts connections (`client-connection.ts`), which authenticate (`auth.ts`) and serve
 * calls (`server-call.ts`, `resolve.ts`, `unmarshal.ts`). `brick-server.ts` holds the shared state.
 * Source: GlusterFS 10 `xlators/protocol/server/src/`.
 */

import { isClientUpcall, isUpcall } from '../../../runtime/core/upcall.ts';
import {
  defaultNotify,
  defineTranslator,
  isChange,
  type Xlator,
} from '../../../runtime/core/xlator.ts';
import { listCertificateFiles, readCertificates } from '../shared/certificates.ts';
import { canBeUsed, formatAllow, readAuthOptions } from './auth.ts';
import { BrickServer, readAddress } from './brick-server.ts';
import { AUTH_KEY_PATTERN, authOptions, options, type Settings } from './options.ts';

/** Finds the server of the running graph that this instance will replace; null at the first start. */
function findPredecessor(xl: Xlator<BrickServer>): BrickServer | null {
  const predecessor = xl.graph!.instances[xl.id];
  return predecessor === undefined || predecessor === xl ? null : (predecessor.priv as BrickServer);
}

/** Warns of each brick that the options let no client use. */
function warnOfUselessBricks(xl: Xlator<BrickServer>): void {
  const options = readAuthOptions(xl.volfileOptions);
  const volumes = xl.childNames.filter((name) => !canBeUsed(options, name));
  xl.warnSuspicious(
    volumes.map((volume) => {
      const allow = formatAllow({ volume, address: '127.0.0.1', subdir: '/' });
      const text = `no client may use the brick '${volume}': ${allow} admits those of this machine`;
      return { position: xl.label, text };
    }),
  );
}

export default defineTranslator<BrickServer, typeof options>({
  type: 'protocol/server',
  description: 'Serves the volumes below as bricks to clients of GlusterFS and glossa.',
  children: [1, Number.POSITIVE_INFINITY],
  options,
  openOptions: AUTH_KEY_PATTERN,
  moreOptions: authOptions,
  fops: {},
  passesThrough: false,
  reach(settings) {
    const target = readAddress(settings);
    const option = `transport.socket.listen-${'path' in target ? 'path' : 'port'}`;
    return [{ access: 'listen', target, option }, ...listCertificateFiles(settings)];
  },
  async check(xl, settings) {
    readAddress(settings as Settings);
    readCertificates(settings as Settings);
    warnOfUselessBricks(xl);
  },
  async init(xl, settings) {
    const predecessor = findPredecessor(xl);
    if (predecessor !== null) {
      predecessor.requireSameAddress(settings);
      return predecessor;
    }
    warnOfUselessBricks(xl);
    const server = new BrickServer(xl, settings);
    await server.listen();
    return server;
  },
  reconfigure(xl, settings) {
    xl.priv.reconfigure(xl, settings);
  },
  succeed(xl, predecessor) {
    xl.priv = predecessor.priv;
  },
  notify(xl, event, data) {
    const { priv } = xl;
    if (isChange(event) && xl.below.includes(data as Xlator)) {
      priv.reportBrickState((data as Xlator).name, event === 'CHILD_UP');
    }
    if (event === 'UPCALL' && isUpcall(data)) priv.reportUpcall(data);
    if (event === 'UPCALL' && isClientUpcall(data)) priv.reportToClient(data);
    // When a graph was replaced, its end must not stop the server, which the new graph has taken over.
    if (event === 'PARENT_DOWN' && xl.graph!.xlators.includes(xl)) priv.stop();
    defaultNotify(xl, event, data);
  },
  fini: (xl) => xl.priv.stopAndWait(),
  dump: (xl) => xl.priv.dump(),
});
