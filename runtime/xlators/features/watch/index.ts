/**
 * features/watch: lets programs wait for changes of a file, and send notices to those who wait.
 * `watch-fops.ts` has the extended attributes by which they do so, and sends notices; `watched-files.ts` has the requests
 * that wait, `notices.ts` the formats.
 *
 * A watcher's position (its cursor) is in its request, and the notices are in the storage. So a watcher that dies leaves
 * nothing, and one that goes on after a crash has missed nothing that the record still has.
 */
import { ESHUTDOWN } from '../../../core/errno.ts';
import type { EventName } from '../../../core/events.ts';
import { isUpcall } from '../../../core/upcall.ts';
import { defaultNotify, defineTranslator, type Xlator } from '../../../core/xlator.ts';
import { askForUpcalls, upEvents } from '../../performance/shared/stack-checks.ts';
import { watchFops } from './watch-fops.ts';
import { WatchedFiles } from './watched-files.ts';

/** The extended attributes whose changes bricks report, as a shell pattern. */
const WATCHED_XATTRS = 'user.glossa.*';

/** Handles a report of a change from below. */
function handleUpcall({ priv }: Xlator<WatchedFiles>, data: unknown): void {
  if (!isUpcall(data) || data.kind === 'every-entry') priv.readAll();
  else if (data.kind === 'inode') priv.noteChange(data.inode.gfid);
  else {
    priv.noteChange(data.parent.gfid);
    const inode = data.kind === 'removed' ? data.inode : data.parent.children?.get(data.name);
    if (inode !== undefined) priv.noteChange(inode.gfid);
  }
}

/** Asks the storage to report changes, after it has come up: a brick that was away has forgotten it. */
function handleEvent(xl: Xlator<WatchedFiles>, event: EventName): void {
  if (!upEvents.includes(event)) return;
  askForUpcalls(xl as Xlator<unknown>, WATCHED_XATTRS, (hasUpcalls) =>
    xl.priv.setUpcalls(hasUpcalls),
  );
}

export default defineTranslator<WatchedFiles, Record<string, never>>({
  type: 'features/watch',
  description: 'Lets programs wait for changes of a file, and send notices to those who wait.',
  children: [1, 1],
  options: {},
  dataPath: { keepsPages: () => true },
  fops: watchFops,
  init: (xl) => new WatchedFiles(xl),
  notify(xl, event, data) {
    if (event === 'UPCALL') handleUpcall(xl, data);
    else handleEvent(xl, event);
    defaultNotify(xl, event, data);
  },
  // Both instances serve changes and notices until the replaced one is idle, so that watchers get all of them.
  succeed(xl, predecessor) {
    xl.priv = predecessor.priv;
  },
  exchanged: (xl) => xl.priv.continueIn(xl),
  forget: ({ priv }) => priv.noteForgottenFile(),
  fini: ({ priv }) => priv.clear(ESHUTDOWN),
  dump: ({ priv }) => priv.dump(),
  reset: ({ priv }) => priv.reset(),
});
