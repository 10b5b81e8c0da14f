/**
 * features/read-only: refuses requests that would change the volume, with EROFS. Internal clients (pid below zero:
 * self-heal, rebalance) are not refused. While it is switched off it has no fops, and winds are routed past it.
 *
 * Source: GlusterFS 10 `xlators/features/read-only/src/read-only.c`, `read-only-common.c`. Unlike there, `FURTHER_FOPS`
 * and an open that truncates are refused, too.
 */
import type { Dict } from '../../../core/dict.ts';
import { EROFS } from '../../../core/errno.ts';
import type { FopName } from '../../../core/gen/fops.gen.ts';
import { type Before, tap, taps } from '../../../core/gen/taps.gen.ts';
import { O_ACCMODE, O_RDONLY, O_TRUNC } from '../../../core/open-flags.ts';
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { defineTranslator, type Fops, type Xlator } from '../../../core/xlator.ts';

const options = defineReconfigurableOptions({
  'read-only': {
    type: 'bool',
    default: false,
    description: 'Whether changes are refused.',
  },
});

type OptionValues = Values<typeof options>;

/** The fops that GlusterFS refuses: also an fsync of a directory, but not of a file. */
const GLUSTERFS_FOPS: readonly FopName[] = [
  ...(['mknod', 'mkdir', 'symlink', 'link', 'create', 'unlink', 'rmdir', 'rename'] as const),
  ...(['truncate', 'ftruncate', 'writev', 'fallocate', 'setattr', 'fsetattr'] as const),
  ...(['setxattr', 'fsetxattr', 'removexattr', 'fsyncdir'] as const),
];

/** Fops that change the volume, and that GlusterFS lets pass. */
const FURTHER_FOPS: readonly FopName[] = [
  ...(['put', 'icreate', 'namelink', 'discard', 'zerofill'] as const),
  ...(['copy_file_range', 'fremovexattr'] as const),
];

/** Fails a request with EROFS; returns 0, which lets it pass, for internal clients. */
const failUnlessInternal: Before<OptionValues> = (frame) => (frame.root.pid < 0 ? 0 : EROFS);

/** Whether open(2)'s flags open a file for writing, or truncate it. */
export const changesFile = (flags: number): boolean =>
  (flags & O_ACCMODE) !== O_RDONLY || (flags & O_TRUNC) !== 0;

/**
 * Whether an xattrop adds only zeros. By such a request, cluster/replicate reads the counters that show which copies of
 * a file are good.
 */
export function addsNothing(dict: Dict | null): boolean {
  let isZero = true;
  dict?.forEach((key) => {
    isZero &&= dict.bytes(key)?.every((byte) => byte === 0) === true;
  });
  return isZero;
}

const readOnlyFops: Fops<OptionValues> = {
  ...taps([...GLUSTERFS_FOPS, ...FURTHER_FOPS], failUnlessInternal),
  open: tap.open<OptionValues>((frame, xl, fop, _loc, flags) =>
    changesFile(flags as number) ? failUnlessInternal(frame, xl, fop) : 0,
  ),
  xattrop: tap.xattrop<OptionValues>((frame, xl, fop, _loc, _optype, dict) =>
    addsNothing(dict as Dict | null) ? 0 : failUnlessInternal(frame, xl, fop),
  ),
  fxattrop: tap.fxattrop<OptionValues>((frame, xl, fop, _fd, _optype, dict) =>
    addsNothing(dict as Dict | null) ? 0 : failUnlessInternal(frame, xl, fop),
  ),
};

const makeFops = ({ priv }: Xlator<OptionValues>): Fops<OptionValues> =>
  priv['read-only'] ? readOnlyFops : {};

export default defineTranslator<OptionValues, typeof options>({
  type: 'features/read-only',
  description: 'Refuses what would change the volume.',
  children: [1, 1],
  options,
  dataPath: { keepsPages: () => true },
  fops: makeFops,
  init: (_xl, values) => values,
  reconfigure(xl, values) {
    xl.priv = values;
    xl.exchangeFops(makeFops(xl));
  },
});
