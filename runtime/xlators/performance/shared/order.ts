/** Which translators of performance/ belong above which: glusterd's order, as far as it matters. */
import type { Remark, Xlator } from '../../../core/xlator.ts';

/** Why a type is to be above another, by the two. */
const ABOVE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'performance/md-cache': {
    'performance/write-behind': 'writes are answered there without attributes',
    'cluster/distribute': 'the attributes of a folder are those of all bricks together',
  },
  'performance/nl-cache': {
    'cluster/distribute': 'a name that one brick lacks may be on another',
  },
  'performance/quick-read': {
    'performance/open-behind': 'what is read from memory need not be opened',
  },
  'performance/io-cache': {
    'performance/read-ahead': 'what is in memory need not be read ahead',
  },
};

/** All that is below a volume, each once. */
export function allBelow(xl: Xlator<unknown>): Set<Xlator<unknown>> {
  const all = new Set<Xlator<unknown>>(xl.below);
  // What is added on the way is walked over, too.
  for (const each of all) for (const child of each.below) all.add(child);
  return all;
}

/**
 * Points out volumes below this one that belong above it, or are of its own type.
 * @param isOnce one of its type is enough
 */
export function checkOrder(xl: Xlator<unknown>, isOnce = true): void {
  const where = xl.place;
  const remarks: Remark[] = [];
  for (const other of allBelow(xl)) {
    const why = ABOVE[other.type]?.[xl.type];
    if (isOnce && other.type === xl.type) {
      const text = `it is over '${other.name}', which is of the same type: one is enough`;
      remarks.push({ where, text });
    } else if (why !== undefined) {
      const text = `it belongs below '${other.name}' (${other.type}): ${why}`;
      remarks.push({ where, text });
    }
  }
  xl.doubt(remarks);
}
