/**
 * protocol/client: a volume that is elsewhere, behind a brick of GlusterFS, or of glossa. Each fop is
 * a call, in the program and the layout of GlusterFS since 4 (`gluster/rpc/`).
 *
 * Source: GlusterFS 10 `xlators/protocol/client/src/`.
 */
import { ENODATA } from '../../../runtime/core/errno.ts';
import { type FopName, fail, unwind } from '../../../runtime/core/gen/fops.gen.ts';
import { collect } from '../../../runtime/core/gen/generic.gen.ts';
import {
  defaultNotify,
  defineTranslator,
  type Fops,
  type Xlator,
} from '../../../runtime/core/xlator.ts';
import { Brick } from './brick.ts';
import type { RemoteFd } from './fds.ts';
import { type Marshal, marshals } from './marshal.ts';
import { options } from './options.ts';

const marshalOf = Object.fromEntries(
  marshals.map((marshal) => [marshal.fop, marshal]),
) as unknown as Readonly<Record<FopName, Marshal>>;

const marshalled = Object.fromEntries(
  marshals.map((marshal) => [
    marshal.fop,
    collect[marshal.fop]((frame, xl, args) => (xl.priv as Brick).request(frame, marshal, args)),
  ]),
) as unknown as Fops<Brick>;

const fops: Fops<Brick> = {
  ...marshalled,
  stat(frame, { priv }, loc, xdata) {
    const known = priv.known(frame, loc, xdata);
    if (known === null) priv.request(frame, marshalOf.stat, [loc, xdata]);
    else unwind.stat(frame, 0, 0, known, null);
  },
  lookup(frame, { priv }, loc, xdata) {
    priv.request(frame, marshalOf.lookup, [loc, priv.lookupXdata(loc, xdata)]);
  },
  getxattr(frame, { priv }, loc, name, xdata) {
    if (priv.hasNoAcl(frame, loc, name)) fail.getxattr(frame, ENODATA);
    else priv.request(frame, marshalOf.getxattr, [loc, name, xdata]);
  },
  setxattr(frame, { priv }, loc, dict, flags, xdata) {
    priv.xattrsSet(dict);
    priv.request(frame, marshalOf.setxattr, [loc, dict, flags, xdata]);
  },
  fsetxattr(frame, { priv }, fd, dict, flags, xdata) {
    priv.xattrsSet(dict);
    priv.request(frame, marshalOf.fsetxattr, [fd, dict, flags, xdata]);
  },
  readdirp(frame, { priv }, fd, size, offset, xdata) {
    priv.request(frame, marshalOf.readdirp, [fd, size, offset, priv.listingXdata(xdata)]);
  },
  flush(frame, xl, fd, xdata) {
    const { connection, fds } = xl.priv;
    if (connection.isUp && fds.needsNoFlush(fd)) unwind.flush(frame, 0, 0, null);
    else marshalled.flush!(frame, xl, fd, xdata);
  },
};

export default defineTranslator<Brick, typeof options>({
  type: 'protocol/client',
  description: 'Files that are elsewhere: behind a brick of GlusterFS.',
  children: [0, 0],
  dataPath: { keepsPages: (xl, isTimed) => xl.priv.knowsChanges(isTimed) },
  options,
  fops: fops as Fops<Brick> & Record<FopName, never>,
  init: (xl, settings) => new Brick(xl, settings),
  reconfigure(xl, settings) {
    xl.priv.settings = settings;
  },
  waitsFor: (xl) => xl.priv.lastTrouble || null,
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
