/** Events after which what lies below may be other than it was. */
import type { EventName } from '../../../core/events.ts';

export const losses: ReadonlySet<EventName> = new Set<EventName>([
  'CHILD_UP',
  'CHILD_DOWN',
  'CHILD_CONNECTING',
  'SOME_DESCENDENT_UP',
  'SOME_DESCENDENT_DOWN',
  'PARENT_DOWN',
]);
