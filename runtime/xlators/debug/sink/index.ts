/**
 * debug/sink: replies to each request at once and stores nothing, to measure the volumes above it.
 *
 * As in GlusterFS, its only fop is lookup: it finds a directory with all other attributes zero, the gfid
 * included. Other fops fail with EOPNOTSUPP. An inode without gfid cannot be linked, so a mount over a
 * sink alone shows EIO.
 *
 * Source: GlusterFS `xlators/debug/sink/src/sink.c`.
 */
import { unwind } from '../../../core/gen/fops.gen.ts';
import { IA_IFDIR, Iatt } from '../../../core/iatt.ts';
import { defineTranslator, type Fop } from '../../../core/xlator.ts';

/** The attributes in every reply to a lookup. All replies share them, as no translator may change a reply's iatt. */
interface SinkAttributes {
  readonly buf: Iatt;
  readonly postparent: Iatt;
}

const lookup: Fop<'lookup', SinkAttributes> = (frame, xl, loc, xdata) => {
  unwind.lookup(frame, 0, 0, loc.inode, xl.priv.buf, xdata, xl.priv.postparent);
};

export default defineTranslator({
  type: 'debug/sink',
  description: 'Answers every lookup with an empty directory, for measuring what lies above.',
  children: [0, 0],
  options: {},
  fops: { lookup },
  init() {
    const buf = new Iatt();
    buf.iaType = IA_IFDIR;
    return { buf, postparent: new Iatt() };
  },
});
