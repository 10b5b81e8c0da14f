/**
 * What is asked of a file by extended attributes that are not its own: where it is, and what clients may
 * not change. All else is the child's that has the file (`file.ts`).
 *
 * Source: GlusterFS `dht-common.c` (dht_getxattr, dht_setxattr, dht_removexattr).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EOPNOTSUPP, EPERM } from '../../../../runtime/core/errno.ts';
import type { FopName } from '../../../../runtime/core/gen/fops.gen.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import type { Distribute } from '../distribute.ts';
import { type Answer, failure, type Steps, type Task } from '../task.ts';
import { isCommand } from './commands.ts';
import { getOfFile, isInternal } from './virtual.ts';

type OnFile = (task: Task, child: number) => Steps<Answer<FopName>>;

/** The answer, or the way to it; undefined for what the child answers. */
type Own = (volume: Distribute, args: readonly unknown[]) => Answer<FopName> | OnFile | undefined;

const setting =
  (fop: 'setxattr' | 'fsetxattr'): Own =>
  (volume, args) => {
    const dict = args[1] as Dict | null;
    if (dict === null) return undefined;
    if ([...dict.keys()].some((name) => isInternal(volume, name))) return failure(fop, EPERM);
    // What a volume is told to do is about directories; files are not moved here.
    return isCommand(dict) ? failure(fop, EOPNOTSUPP) : undefined;
  };

const removing =
  (fop: 'removexattr' | 'fremovexattr'): Own =>
  (volume, args) =>
    isInternal(volume, args[1] as string) ? failure(fop, EPERM) : undefined;

export const onFile: Readonly<Partial<Record<FopName, Own>>> = {
  getxattr(volume, args) {
    const own = getOfFile(volume, args[1] as string | null);
    if (typeof own !== 'function') return own;
    return (task, child) => own(task, volume, args[0] as Loc, child);
  },
  setxattr: setting('setxattr'),
  fsetxattr: setting('fsetxattr'),
  removexattr: removing('removexattr'),
  fremovexattr: removing('fremovexattr'),
};
