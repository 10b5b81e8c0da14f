/**
 * Whether bricks tell of what others change: caches that rely on it ask, and warn who runs them.
 *
 * A brick without features/upcall, and one of glossa's where that is switched off, answers that it does
 * not know the question. GlusterFS's features/upcall answers alike, switched on or off: nobody can tell.
 */
import { EOPNOTSUPP } from '../../../core/errno.ts';
import type { EventName } from '../../../core/events.ts';
import { IPC_UPCALL } from '../../../core/fops.ts';
import { Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { messages } from '../../../core/messages.ts';
import type { Cbk, Xlator } from '../../../core/xlator.ts';
import { allBelow } from './order.ts';

/** What is relied on for how long, as far as a cache relies on bricks at all. */
export interface Reliance {
  readonly option: string;
  readonly seconds: number;
}

/** Those that were warned of already. */
const warned = new WeakSet<Xlator<unknown>>();

/** Something below is there that was not before. */
const ups: readonly EventName[] = ['CHILD_UP', 'SOME_DESCENDENT_UP'];

/** At an event: bricks that come up are asked, if there are any, and with them all that are there. */
export function askBricks(xl: Xlator<unknown>, event: EventName, reliance: Reliance | null): void {
  if (!ups.includes(event) || reliance === null || warned.has(xl)) return;
  if (![...allBelow(xl)].some(({ type }) => type === 'protocol/client')) return;
  const frame = xl.begin(new Stack(0, 0, 0, 'IPC'));
  frame.local = reliance;
  wind.ipc(frame, 0, answered, xl.children[0]!, IPC_UPCALL, null);
}

const answered: Cbk<'ipc', unknown> = (frame, _cookie, xl, opRet, opErrno) => {
  xl.end(frame.root);
  if (opRet >= 0 || opErrno !== EOPNOTSUPP || warned.has(xl)) return;
  warned.add(xl);
  const { option, seconds } = frame.local as Reliance;
  xl.log.warning(
    `option ${option} relies on bricks that tell of changes, and these do not: what other clients do ` +
      `may be seen ${seconds} seconds late`,
    { msgid: messages.bricksDoNotTell.id },
  );
};
