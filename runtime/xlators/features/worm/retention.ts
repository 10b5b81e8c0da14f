/**
 * Decodes, encodes and changes the state of a file that is written once, which its extended attributes hold. Callers
 * read and write the attributes, and pass the time in seconds.
 *
 * A file can be changed until its maker has closed it and `auto-commit-period` has passed without a change.
 * It is then retained for the retention period, whose end is its access time. After that it can be removed,
 * but not changed.
 *
 * Source: GlusterFS 10 `xlators/features/read-only/src/worm-helper.c`.
 */
import { decodeName, encodeName } from '../../../core/bytes.ts';
import { Dict } from '../../../core/dict.ts';
import type { Iatt } from '../../../core/iatt.ts';

/** An attribute that marks a file as written once. It is set when the program that created the file closes it. */
export const WORM_FILE = 'trusted.worm_file';
/** The attribute with the time of the file's creation. */
export const START_TIME = 'trusted.start_time';
/** The attribute with the file's state; a file that was never retained lacks it. */
export const RETEN_STATE = 'trusted.reten_state';

/** Xdata by which a lookup or fstat requests these attributes; shared by all requests, so it must not be changed. */
export const STATE_KEYS = new Dict().set(WORM_FILE, 0).set(START_TIME, 0).set(RETEN_STATE, 0);

/** The decoded state (`RETEN_STATE`). */
export interface Retention {
  readonly isRetained: boolean;
  /** A state that GlusterFS defines and never sets; it is kept. */
  readonly isOnLegalHold: boolean;
  readonly isEnterprise: boolean;
  /** The retention period in seconds; at first that of option `default-retention-period`. */
  readonly period: number;
  /** Seconds without a change before the retention; at first those of option `auto-commit-period`. */
  readonly commitPeriod: number;
}

/** Bits of the state. */
const WORM = 1;
const RETAIN = 2;
const LEGAL_HOLD = 4;
const ENTERPRISE = 8;

/** Encodes a value as GlusterFS writes it: text with a NUL at the end. */
export const encodeText = (text: string): Uint8Array => encodeName(`${text}\0`);

/** Decodes a text up to its NUL; a value without NUL is decoded whole. */
function decodeText(value: Uint8Array): string {
  const end = value.indexOf(0);
  return decodeName(value, 0, end < 0 ? value.length : end);
}

/** Encodes a state as `BITS/PERIOD/COMMIT_PERIOD`. */
export function encodeRetention(state: Retention): Uint8Array {
  const bits =
    WORM |
    (state.isRetained ? RETAIN : 0) |
    (state.isOnLegalHold ? LEGAL_HOLD : 0) |
    (state.isEnterprise ? ENTERPRISE : 0);
  return encodeText(`${bits}/${state.period}/${state.commitPeriod}`);
}

/** Decodes a state; null for a malformed one. */
export function decodeRetention(value: Uint8Array): Retention | null {
  const parts = /^(\d+)\/(-?\d+)\/(-?\d+)$/.exec(decodeText(value));
  if (parts === null) return null;
  const [bits, period, commitPeriod] = parts.slice(1).map(Number) as [number, number, number];
  return {
    isRetained: (bits & RETAIN) !== 0,
    isOnLegalHold: (bits & LEGAL_HOLD) !== 0,
    isEnterprise: (bits & ENTERPRISE) !== 0,
    period,
    commitPeriod,
  };
}

/** The state of a file, decoded from its attributes. Times are in seconds. */
export interface WormFile {
  /** Time of the file's creation; null if missing or malformed. */
  readonly startTime: number | null;
  /** Undefined for a missing value; null for a malformed one. */
  readonly retention: Retention | null | undefined;
  /** The access time, which is the end of a retention. */
  readonly atime: number;
  readonly mtime: number;
}

/** Reads a file's state from the reply of a lookup or fstat; null for a file that is not marked as written once. */
export function readWormFile(buf: Iatt, xdata: Dict | null): WormFile | null {
  if (xdata === null || !xdata.has(WORM_FILE)) return null;
  const start = xdata.bytes(START_TIME);
  const state = xdata.bytes(RETEN_STATE);
  const startTime = start === undefined ? Number.NaN : Number.parseInt(decodeText(start), 10);
  return {
    startTime: Number.isNaN(startTime) ? null : startTime,
    retention: state === undefined ? undefined : decodeRetention(state),
    atime: buf.iaAtime,
    mtime: buf.iaMtime,
  };
}

/** The options by which new states are made. */
export interface RetentionSettings {
  readonly retentionSeconds: number;
  readonly autoCommitSeconds: number;
  readonly isEnterprise: boolean;
  /** Whether a file may be removed after its retention. */
  readonly isDeletable: boolean;
}

/** The new state of a file, and whether the requested change is refused. */
export interface Transition {
  readonly isRefused: boolean;
  /** The state and access time to write first. */
  readonly newState: { readonly retention: Retention; readonly atime: number } | null;
}

const REFUSED: Transition = { isRefused: true, newState: null };
const ALLOWED: Transition = { isRefused: false, newState: null };

/** Makes the state of a file that is retained from now on. */
export const makeRetainedState = (
  settings: RetentionSettings,
  nowSeconds: number,
): NonNullable<Transition['newState']> => ({
  retention: {
    isRetained: true,
    isOnLegalHold: false,
    isEnterprise: settings.isEnterprise,
    period: settings.retentionSeconds,
    commitPeriod: settings.autoCommitSeconds,
  },
  atime: nowSeconds + settings.retentionSeconds,
});

/** Decides whether a file may be changed now, or removed (`isRemoval`). */
export function decideTransition(
  file: WormFile,
  settings: RetentionSettings,
  nowSeconds: number,
  isRemoval: boolean,
): Transition {
  const { startTime, retention, atime, mtime } = file;
  if (startTime === null || retention === null) return REFUSED;
  if (retention === undefined) {
    if (
      nowSeconds - startTime < settings.autoCommitSeconds ||
      nowSeconds - mtime < settings.autoCommitSeconds
    )
      return ALLOWED;
    return { isRefused: true, newState: makeRetainedState(settings, nowSeconds) };
  }
  const mayRemove = isRemoval && settings.isDeletable;
  if (!retention.isRetained) return mayRemove ? ALLOWED : REFUSED;
  if (nowSeconds < atime) return REFUSED;
  const endedRetention = { ...retention, isRetained: false, period: 0, commitPeriod: 0 };
  return {
    isRefused: !mayRemove,
    newState: { retention: endedRetention, atime: atime - retention.period },
  };
}

/**
 * Whether a retained file's access time, the end of its retention, may become `end`: in mode `relax` not before its
 * last change, in mode `enterprise` not before the present end.
 */
export const canEndAt = ({ retention, atime, mtime }: WormFile, end: number): boolean =>
  !retention?.isRetained || end >= (retention.isEnterprise ? atime : mtime);
