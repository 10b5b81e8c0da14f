/**
 * Defines protocol/client: a volume that forwards requests to a brick of GlusterFS or glossa. Each fop is an RPC of
 * the program GlusterFS 4.x v1 (`gluster/rpc/`).
 * Source: GlusterFS 10 `xlators/protocol/client/src/`.
 */
import { collect, type FopName } from '../../../runtime/core/gen/fops.gen.ts';
import {
  defaultNotify,
  defineTranslator,
  type Fops,
  type Xlator,
} from '../../../runtime/core/xlator.ts';
import { listCertificateFiles } from '../shared/certificates.ts';
import { marshals } from './marshal.ts';
import { listAddresses, options } from './options.ts';
import type { RemoteFd } from './remote-fds.ts';
import { RemoteVolume } from './remote-volume.ts';

const fops = Object.fromEntries(
  marshals.map((marshal) => [
    marshal.fop,
    collect[marshal.fop]((frame, { priv }, args) =>
      (priv as RemoteVolume).sendOrQueue(frame, marshal, args as unknown[]),
    ),
  ]),
) as unknown as Fops<RemoteVolume> & Record<FopName, never>;

export default defineTranslator<RemoteVolume, typeof options>({
  type: 'protocol/client',
  description: 'Forwards requests to a brick of GlusterFS or glossa.',
  children: [0, 0],
  isRemote: true,
  // The brick finds a directory without fd number by its gfid.
  listsUnopened: true,
  dataPath: { keepsPages: (xl, hasClientTimes) => xl.priv.reportsAllChanges(hasClientTimes) },
  options,
  fops,
  reach: (settings) => [...listAddresses(settings), ...listCertificateFiles(settings)],
  init: (xl, settings) => new RemoteVolume(xl, settings),
  reconfigure(xl, settings) {
    xl.priv.state.settings = settings;
  },
  waitsFor: (xl) => xl.priv.lastProblem || null,
  notify(xl, event, data) {
    if (event === 'PARENT_UP') xl.priv.connection.start();
    else if (event === 'PARENT_DOWN') xl.priv.stop();
    else defaultNotify(xl as Xlator<unknown>, event, data);
  },
  fini(xl) {
    xl.priv.stop();
  },
  release: (xl, _fd, remote) => xl.priv.release(remote as RemoteFd),
  releasedir: (xl, _fd, remote) => xl.priv.release(remote as RemoteFd),
});
