/** Describes the requests of locks (`runtime/chunks/lock-file.ts`) in some words, for pictures. */
import { decodeLock, LOCK_XATTR, type LockRecord } from '../../../runtime/chunks/lock-record.ts';
import { encodeName } from '../../../runtime/core/bytes.ts';
import { ENODATA, errnoName } from '../../../runtime/core/errno.ts';
import { F_RDLCK, F_UNLCK, type Flock } from '../../../runtime/core/lock.ts';
import type { DictPair, RecordedData, RecordedList } from '../../../runtime/observe/codec.ts';
import { abbreviateValues } from '../../../runtime/observe/event-text.ts';
import type { Values } from '../../../runtime/observe/events.ts';
import {
  NOTIFY_XATTR,
  WATCH_XATTR,
  type WatchReply,
} from '../../../runtime/xlators/features/watch/notices.ts';
import type { Request } from './recorded-run.ts';

const ATTRIBUTE_READS: ReadonlySet<string> = new Set(['getxattr', 'fgetxattr']);
const ATTRIBUTE_WRITES: ReadonlySet<string> = new Set(['setxattr', 'fsetxattr']);
const INODELKS: ReadonlySet<string> = new Set(['inodelk', 'finodelk']);
/** Domains of inodelks, as in `lock-file.ts` and `mailboxes.ts`. */
const [RECORD_DOMAIN, FENCE_DOMAIN, LIFE_DOMAIN] = [
  'glossa.lock',
  'glossa.fence',
  'glossa.waiting',
];
/** Words for requests of a lock's file or a chunk, and of a mailbox (`mailboxes.ts`). */
const WORDS_BY_FOP: Readonly<Record<string, readonly [file: string, mailbox: string]>> = {
  lookup: ['looks up its file', "looks up B's mailbox"],
  open: ['opens it', 'opens it'],
  create: ['makes its file', 'makes its mailbox'],
  writev: ['writes to the chunk', 'tells B'],
};

/** Finds a value in the dict of a request or a reply. */
function findAttribute({ dict }: Values, name: string): string | null {
  const pairs = (dict as RecordedList<DictPair> | null)?.items ?? [];
  const data = pairs.find(({ key }) => key === name)?.value as RecordedData | undefined;
  return data?.head ?? null;
}

/** Returns the record that a request writes; null for other requests. */
export function findWrittenRecord({ wind }: Request): LockRecord | null {
  if (!ATTRIBUTE_WRITES.has(wind.fop)) return null;
  const text = findAttribute(wind.args, LOCK_XATTR);
  return text === null ? null : decodeLock(encodeName(text));
}

/** Whether a request begins (true) or ends (false) the time in which a program alone may change the record. */
export function findExclusion({ wind: { fop, args } }: Request): boolean | null {
  if (!INODELKS.has(fop) || args.volume !== RECORD_DOMAIN) return null;
  return (args.flock as unknown as Flock).type !== F_UNLCK;
}

export const formatHolder = ({ holder, fence }: LockRecord): string =>
  `${holder?.owner ?? 'free'}, fence ${fence}`;

/** Describes a request; one with an immediate reply with that. */
export function describeRequest(request: Request): string {
  const { fop, args } = request.wind;
  const { name } = args;
  if (ATTRIBUTE_READS.has(fop) && name === LOCK_XATTR) return describeRead(request);
  if (ATTRIBUTE_READS.has(fop) && typeof name === 'string' && name.startsWith(WATCH_XATTR)) {
    if (name === WATCH_XATTR) return 'asks for a cursor';
    if (request.isLate) return 'waits for events';
    return `events? ${findEvents(args, request.unwind!.reply)}`;
  }
  if (findWrittenRecord(request) !== null) return 'writes the record';
  if (ATTRIBUTE_WRITES.has(fop) && findAttribute(args, NOTIFY_XATTR) !== null)
    return 'sends a notice';
  const exclusion = findExclusion(request);
  if (exclusion !== null) return exclusion ? 'begins a change' : 'ends the change';
  if (INODELKS.has(fop) && args.volume === FENCE_DOMAIN) return describeFence(request);
  if (INODELKS.has(fop) && args.volume === LIFE_DOMAIN) return describeLife(request);
  const isMailbox = abbreviateValues(args).includes('/.waiting/');
  return WORDS_BY_FOP[fop]?.[isMailbox ? 1 : 0] ?? abbreviateValues(args);
}

function describeRead({ wind, unwind }: Request): string {
  if (unwind === null) return 'reads the record';
  if (unwind.opRet < 0)
    return `reads: ${unwind.opErrno === ENODATA ? 'no record yet' : errnoName(unwind.opErrno)}`;
  const text = findAttribute(unwind.reply, wind.args.name as string);
  const record = text === null ? null : decodeLock(encodeName(text));
  return record === null ? 'reads the record' : `reads: ${formatHolder(record)}`;
}

function describeFence({ wind, unwind }: Request): string {
  const { type } = wind.args.flock as unknown as Flock;
  if (type === F_UNLCK) return 'unlocks';
  if (type === F_RDLCK) return 'begins a write';
  return `writes under way? ${unwind?.opRet === 0 ? 'no' : 'yes'}`;
}

function describeLife({ wind, unwind }: Request): string {
  const { type } = wind.args.flock as unknown as Flock;
  if (type === F_RDLCK) return `B there? ${unwind?.opRet === 0 ? 'no' : 'yes'}`;
  return type === F_UNLCK ? 'ends its wait' : 'shows that it waits';
}

/** Describes the reply of a request that has waited. */
export function describeReply({ wind, unwind }: Request): string {
  const events = unwind === null ? null : findEvents(wind.args, unwind.reply);
  if (events !== null) return `event: ${events}`;
  return unwind === null || unwind.opRet >= 0 ? 'done' : errnoName(unwind.opErrno);
}

/** Lists the kinds of the events in the reply to a watcher; null for other replies. */
function findEvents({ name }: Values, reply: Values): string | null {
  const text = typeof name === 'string' ? findAttribute(reply, name) : null;
  if (text === null) return null;
  return (JSON.parse(text) as WatchReply).events.map(({ kind }) => kind).join(', ');
}
