/**
 * Defines cluster/distribute: many volumes as one. Each file is on one child by the hash of its name; every child has
 * all directories. The on-disk format is GlusterFS's, so clients of glossa and of GlusterFS may use one volume at the
 * same time.
 * Source: GlusterFS 10 `xlators/cluster/dht`.
 */
import type { EventName } from '../../../runtime/core/events.ts';
import {
  defaultNotify,
  defineTranslator,
  isChange,
  sayUp,
  type Xlator,
} from '../../../runtime/core/xlator.ts';
import { checkOrder } from '../../../runtime/xlators/performance/shared/stack-checks.ts';
import { Distribute } from './distribute.ts';
import { entryFops, link } from './fops/entry-fops.ts';
import { fileFops } from './fops/file-fops.ts';
import { listingFops } from './fops/listing-fops.ts';
import { lookup } from './fops/lookup.ts';
import { mkdir } from './fops/mkdir.ts';
import { rename } from './fops/rename.ts';
import { rmdir } from './fops/rmdir.ts';
import { ipc, statfs } from './fops/whole-volume-fops.ts';
import { options } from './options.ts';

/**
 * Records a child's change, and reports whether the volume is up. CHILD_CONNECTING is recorded as well: the volume
 * need not wait for a child that has reported it.
 */
function notify(xl: Xlator<Distribute>, event: EventName, data: unknown): void {
  const child = xl.below.indexOf(data as Xlator);
  const isConnecting = child >= 0 && event === 'CHILD_CONNECTING';
  if (child < 0 || !(isConnecting || isChange(event))) {
    defaultNotify(xl as Xlator, event, data);
    return;
  }
  const { priv } = xl;
  priv.recordChildChange(child);
  if (event === 'CHILD_UP') priv.freeSpace.requestUsage(child);
  sayUp(xl as Xlator, priv.isServing, isChange(event) ? event : undefined);
}

export default defineTranslator<Distribute, typeof options>({
  type: 'cluster/distribute',
  description: 'Many volumes as one: each file is on one of them, by the hash of its name.',
  children: [1, 65_536],
  options,
  // Each fop chooses its child, so a fop that is not defined here must not go to the first.
  passesThrough: false,
  listsUnopened: true,
  // Pages of a file are valid whichever child serves it.
  dataPath: { keepsPages: () => true },
  fops: {
    ...fileFops,
    lookup,
    statfs,
    mkdir,
    rmdir,
    rename,
    link,
    ipc,
    ...listingFops,
    ...entryFops,
  },
  check: async (xl) => checkOrder(xl as Xlator<unknown>, false),
  init(xl, settings) {
    checkOrder(xl as Xlator<unknown>, false);
    xl.copiesReads = true;
    return new Distribute(xl, settings);
  },
  reconfigure: ({ priv }, settings) => priv.configure(settings),
  waitsFor: (xl) => xl.priv.unreportedReason,
  notify,
  dump: ({ priv }) => priv.dump(),
});
