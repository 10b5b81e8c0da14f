/** Checks a graph for performance/: that its volumes are in glusterd's order, and that its bricks send upcalls. */

import { Dict } from '../../../core/dict.ts';
import { EOPNOTSUPP } from '../../../core/errno.ts';
import type { EventName } from '../../../core/events.ts';
import { IPC_UPCALL } from '../../../core/fops.ts';
import { Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { messages } from '../../../core/messages.ts';
import type { Cbk, Suspicion, Xlator } from '../../../core/xlator.ts';

/** The reason why one type belongs above another: by the upper type, then by the lower one. */
const REASONS_TO_BE_ABOVE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
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

/** Returns all volumes below a volume, each once. */
export function findAllBelow(xl: Xlator<unknown>): Set<Xlator<unknown>> {
  const volumes = new Set<Xlator<unknown>>(xl.below);
  // The loop also visits volumes that it adds.
  for (const volume of volumes) for (const child of volume.below) volumes.add(child);
  return volumes;
}

/**
 * Warns if this volume is above one that belongs above it, or above one of its own type.
 * @param isSecondUseless whether a second volume of the type is useless, and gets a warning
 */
export function checkOrder(xl: Xlator<unknown>, isSecondUseless = true): void {
  const position = xl.label;
  const suspicions: Suspicion[] = [];
  for (const lowerVolume of findAllBelow(xl)) {
    const reason = REASONS_TO_BE_ABOVE[lowerVolume.type]?.[xl.type];
    if (isSecondUseless && lowerVolume.type === xl.type) {
      const text = `it is over '${lowerVolume.name}', which is of the same type: one is enough`;
      suspicions.push({ position, text });
    } else if (reason !== undefined) {
      const text = `it belongs below '${lowerVolume.name}' (${lowerVolume.type}): ${reason}`;
      suspicions.push({ position, text });
    }
  }
  xl.warnSuspicious(suspicions);
}

/** A cache's reliance on upcalls of the bricks. */
export interface UpcallReliance {
  /** The option that makes the cache rely on them. */
  readonly option: string;
  /** The time for which entries are valid: without upcalls, changes of other clients are seen after it. */
  readonly seconds: number;
}

/** Volumes that have warned about bricks without upcalls: each warns once. */
const warnedVolumes = new WeakSet<Xlator<unknown>>();

/** Events after which a brick may be connected that was not before. */
export const upEvents: readonly EventName[] = ['CHILD_UP', 'SOME_DESCENDENT_UP'];

/** A question to the bricks whether they send upcalls. */
interface UpcallQuestion {
  handleAnswer(hasUpcalls: boolean): void;
}

/**
 * Asks the bricks whether they send upcalls. Calls `handleAnswer` once, unless a brick has failed.
 * @param xattrPattern shell pattern of extended attributes whose changes they are to report; null for none
 */
export function askForUpcalls(
  xl: Xlator<unknown>,
  xattrPattern: string | null,
  handleAnswer: (hasUpcalls: boolean) => void,
): void {
  const frame = xl.begin(new Stack(0, 0, 0, 'IPC'));
  frame.local = { handleAnswer } satisfies UpcallQuestion;
  const xdata = xattrPattern === null ? null : Dict.of({ [xattrPattern]: '' });
  wind.ipc(frame, 0, upcallSupportCbk, xl.children[0]!, IPC_UPCALL, xdata);
}

const upcallSupportCbk: Cbk<'ipc', unknown> = (frame, _cookie, xl, opRet, opErrno) => {
  xl.end(frame.root);
  if (opRet >= 0 || opErrno === EOPNOTSUPP)
    (frame.local as UpcallQuestion).handleAnswer(opRet >= 0);
};

/**
 * Asks the bricks after an up event whether they send upcalls; warns once if not.
 * @param reliance null for a cache that does not rely on upcalls: nothing is asked
 */
export function checkUpcalls(
  xl: Xlator<unknown>,
  event: EventName,
  reliance: UpcallReliance | null,
): void {
  if (!upEvents.includes(event) || reliance === null || warnedVolumes.has(xl)) return;
  if (![...findAllBelow(xl)].some(({ type }) => type === 'protocol/client')) return;
  askForUpcalls(xl, null, (hasUpcalls) => {
    if (hasUpcalls || warnedVolumes.has(xl)) return;
    warnedVolumes.add(xl);
    const { option, seconds } = reliance;
    xl.log.warning(
      `option ${option} relies on bricks that tell of changes, and these do not: what other clients do ` +
        `may be seen ${seconds} seconds late`,
      { msgid: messages.bricksSendNoUpcalls.id },
    );
  });
}
