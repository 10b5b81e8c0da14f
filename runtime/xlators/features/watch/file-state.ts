/** Compares two states of a watched file: a watcher's cursor is the state that it knows. */
import type { Iatt } from '../../../core/iatt.ts';
import {
  listNoticesAfter,
  type NoticeRecord,
  type WatchEvent,
  type WatchReply,
} from './notices.ts';

/** The state of a file, as far as watchers are told of its changes. */
export interface FileState {
  /** Number of the newest notice. */
  readonly seq: number;
  /** Number of the newest change that this volume has seen. Times alone would hide two changes in one clock tick. */
  readonly changeNumber: number;
  /** Time of the last change of data or attributes (ctime), as `SECONDS.NANOSECONDS`. */
  readonly changedAt: string;
  /** Time of the last change of data (mtime), as `SECONDS.NANOSECONDS`. */
  readonly modifiedAt: string;
  /** Bytes. */
  readonly size: number;
}

/** The state of a file that does not exist any more. */
export const REMOVED = 'removed';
export const REMOVED_REPLY: WatchReply = { cursor: REMOVED, events: [{ kind: 'removed' }] };

export const makeFileState = (
  { lastSeq }: NoticeRecord,
  changeNumber: number,
  buf: Iatt,
): FileState => ({
  seq: lastSeq,
  changeNumber,
  changedAt: `${buf.iaCtime}.${buf.iaCtimeNsec}`,
  modifiedAt: `${buf.iaMtime}.${buf.iaMtimeNsec}`,
  size: buf.iaSize,
});

/** The cursor of a watcher that has seen nothing of a file. */
export const FIRST_CURSOR = '0_0_0.0_0.0_0';

const CURSOR = /^(\d{1,15})_(\d{1,15})_(-?\d{1,15}\.\d{1,9})_(-?\d{1,15}\.\d{1,9})_(\d{1,16})$/;

/** Formats a state as a cursor. */
export const formatCursor = (state: FileState): string => Object.values(state).join('_');

/** Reads a cursor. @returns null for a malformed text */
export function parseCursor(text: string): FileState | null {
  const match = CURSOR.exec(text);
  if (match === null) return null;
  const [, seq, changeNumber, changedAt, modifiedAt, size] = match as unknown as string[];
  return {
    seq: Number(seq),
    changeNumber: Number(changeNumber),
    changedAt: changedAt!,
    modifiedAt: modifiedAt!,
    size: Number(size),
  };
}

/** Lists the events between a watcher's state of a file and its present state. */
export function listEvents(
  known: FileState,
  present: FileState,
  record: NoticeRecord,
): readonly WatchEvent[] {
  // A record that was removed begins again with number 1.
  const isNewRecord = record.lastSeq < known.seq;
  const notices = listNoticesAfter(record, isNewRecord ? 0 : known.seq);
  const hasDataChanged = known.modifiedAt !== present.modifiedAt || known.size !== present.size;
  // A notice is itself a change of an attribute.
  const hasChanged =
    hasDataChanged ||
    (notices.length === 0 &&
      (known.changedAt !== present.changedAt || known.changeNumber !== present.changeNumber));
  return hasChanged ? [...notices, { kind: 'change' }] : notices;
}
