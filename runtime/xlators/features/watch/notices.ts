/**
 * Encodes the record of a file's notices, an extended attribute, and the replies that watchers get. Pure: no
 * requests.
 */
import { decodeName, encodeName } from '../../../core/bytes.ts';
import type { Iatt } from '../../../core/iatt.ts';

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

export { WATCH_XATTR } from '../../../core/xdata.ts';

/** The extended attribute with the record. Bricks report its changes to clients that have asked for `user.glossa.*`. */
export const NOTICES_XATTR = 'user.glossa.notices';
/** Setting this extended attribute sends its value as a notice. */
export const NOTIFY_XATTR = 'user.glossa.notify';

/** The most bytes of a notice. */
export const MAX_NOTICE_BYTES = 1024;
/** The most bytes of a record. ext4 stores some 4,000 bytes of extended attributes per file. */
const MAX_RECORD_BYTES = 2800;
const VERSION = 1;

/** A message to all watchers of a file. */
export interface Notice {
  /** Number of the notice: 1 for a file's first. */
  readonly seq: number;
  /** Process id of the sender. */
  readonly pid: number;
  readonly text: string;
}

/** The newest notices of a file, oldest first. */
export interface NoticeRecord {
  readonly version: number;
  /** Number of the newest notice; 0 before the file's first notice. */
  readonly lastSeq: number;
  readonly notices: readonly Notice[];
}

const EMPTY_RECORD: NoticeRecord = { version: VERSION, lastSeq: 0, notices: [] };

/** An event of a watched file. */
export type WatchEvent =
  | ({ readonly kind: 'notice' } & Notice)
  /** Notices that other ones have displaced from the record before this watcher has read them. */
  | { readonly kind: 'lost'; readonly count: number }
  /** The file's data or attributes have changed. */
  | { readonly kind: 'change' }
  /** The file does not exist any more. It is the last event. */
  | { readonly kind: 'removed' };

/** The reply to a watcher. */
export interface WatchReply {
  /** The position for the next wait. */
  readonly cursor: string;
  readonly events: readonly WatchEvent[];
}

const isNotice = (value: unknown): value is Notice => {
  const { seq, pid, text } = (value ?? {}) as Partial<Notice>;
  return Number.isSafeInteger(seq) && Number.isSafeInteger(pid) && typeof text === 'string';
};

/** Reads a record. @returns null if it is damaged, or of another version */
export function decodeNotices(bytes: Uint8Array | undefined): NoticeRecord | null {
  if (bytes === undefined) return EMPTY_RECORD;
  let value: Partial<NoticeRecord> | null;
  try {
    value = JSON.parse(decodeName(bytes)) as Partial<NoticeRecord> | null;
  } catch {
    return null;
  }
  const { version, lastSeq, notices } = value ?? {};
  const isRecord = version === VERSION && Number.isSafeInteger(lastSeq) && lastSeq! >= 0;
  if (!isRecord || !Array.isArray(notices) || !notices.every(isNotice)) return null;
  return { version, lastSeq: lastSeq!, notices };
}

/** Adds a notice to a record; the oldest ones make room. @returns the bytes of the new record */
export function addNotice(record: NoticeRecord, pid: number, text: string): Uint8Array {
  const lastSeq = record.lastSeq + 1;
  let notices: readonly Notice[] = [...record.notices, { seq: lastSeq, pid, text }];
  for (;;) {
    const bytes = encodeName(JSON.stringify({ version: VERSION, lastSeq, notices }));
    if (bytes.length <= MAX_RECORD_BYTES || notices.length === 1) return bytes;
    notices = notices.slice(1);
  }
}

/** Lists the notices after a number, and the number of those that the record has no more. */
export function listNoticesAfter({ lastSeq, notices }: NoticeRecord, seq: number): WatchEvent[] {
  const newer = notices.filter((notice) => notice.seq > seq);
  const lostCount = lastSeq - seq - newer.length;
  return [
    ...(lostCount > 0 ? [{ kind: 'lost', count: lostCount } as const] : []),
    ...newer.map((notice) => ({ kind: 'notice', ...notice }) as const),
  ];
}
