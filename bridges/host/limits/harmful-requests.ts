/**
 * Records requests that have ended an interpreter, by fop and name, and their callers. The first
 * loss may be chance. From the second on, the request is refused, for twice as long each time
 * (`Backoff`). The volume calls `isRefused` for each request, and `clear` when it loads new code. A
 * fop with two names is recorded under both. Beyond `MAX_ENTRIES`, the oldest records are dropped.
 */

import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { NULL_GFID } from '../../../runtime/core/gfid.ts';
import { type Log, printable } from '../../../runtime/core/log.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import { Backoff } from '../lifecycle/failure-policy.ts';

/** Maximum number of recorded requests and callers. */
const MAX_ENTRIES = 1024;

/** A request during which an interpreter ended. */
export interface BlamedRequest {
  readonly name: FopName;
  readonly args: readonly unknown[];
  readonly uid: number;
}

export class HarmfulRequests {
  /** The waits of requests and callers, by their keys; the oldest first. */
  private readonly backoffs = new Map<string, Backoff>();
  private readonly firstWaitSeconds: number;
  /** The time when the last entry expires, on the context's clock in milliseconds. */
  private lastExpiryMs = Number.NEGATIVE_INFINITY;

  constructor(firstWaitSeconds: number) {
    this.firstWaitSeconds = firstWaitSeconds;
  }

  get size(): number {
    return this.backoffs.size;
  }

  /** Records that the request ended an interpreter; logs it if it is refused from now on. */
  blame({ name, args, uid }: BlamedRequest, nowMs: number, log: Log): void {
    this.recordInterpreterEnd(makeCallerKey(uid), nowMs);
    let longestWaitMs = 0;
    for (const key of makeRequestKeys(name, args))
      longestWaitMs = Math.max(longestWaitMs, this.recordInterpreterEnd(key, nowMs));
    if (longestWaitMs === 0) return;
    log.warning(
      `${name} of '${printable(formatRequestPaths(args))}' ends the interpreter again and again: refused for ` +
        `${longestWaitMs / 1000} s (option restart-backoff)`,
      { msgid: messages.harmfulRequestsRefused.id },
    );
  }

  /** Returns true when the volume must refuse the request without calling the module. */
  isRefused(name: FopName, args: readonly unknown[], nowMs: number): boolean {
    this.dropExpired(nowMs);
    return makeRequestKeys(name, args).some(
      (key) => this.backoffs.get(key)?.isWaiting(nowMs) === true,
    );
  }

  /** Returns true when a request of this caller has recently ended an interpreter. */
  isCallerBlamed(uid: number, nowMs: number): boolean {
    this.dropExpired(nowMs);
    return this.backoffs.has(makeCallerKey(uid));
  }

  clear(): void {
    this.backoffs.clear();
  }

  /** Drops all entries once the last has expired. */
  private dropExpired(nowMs: number): void {
    if (this.backoffs.size > 0 && nowMs > this.lastExpiryMs) this.clear();
  }

  /** Records that the key ended an interpreter; returns its new wait in milliseconds. */
  private recordInterpreterEnd(key: string, nowMs: number): number {
    const backoff = this.backoffs.get(key) ?? new Backoff(this.firstWaitSeconds);
    this.backoffs.delete(key);
    this.backoffs.set(key, backoff);
    const waitMs = backoff.recordEvent(nowMs);
    this.lastExpiryMs = Math.max(this.lastExpiryMs, backoff.expiryMs);
    for (const oldest of this.backoffs.keys()) {
      if (this.backoffs.size <= MAX_ENTRIES) break;
      this.backoffs.delete(oldest);
    }
    return waitMs;
  }
}

const makeCallerKey = (uid: number): string => `uid ${uid}`;

/** Makes the keys of a request: one for each loc and fd among its arguments; for a method, its path. */
const makeRequestKeys = (name: FopName, args: readonly unknown[]): string[] => {
  // A method of a file system by path has no inode.
  if (args.length > 1 && typeof args[0] === 'string' && typeof args[1] === 'string')
    return [`${args[0]} ${args[1]}`];
  const keys: string[] = [];
  for (const arg of args) {
    if (arg instanceof Loc) keys.push(`${name} ${makeLocKey(arg)}`);
    else if (arg instanceof Fd) keys.push(`${name} ${arg.inode.gfid}`);
  }
  return keys;
};

const makeLocKey = ({ name, pargfid, gfid }: Loc): string =>
  name === null || pargfid === NULL_GFID ? gfid : `${pargfid}/${name}`;

const formatRequestPaths = (args: readonly unknown[]): string => {
  const paths = args.map((arg) =>
    arg instanceof Loc ? arg.path : arg instanceof Fd ? arg.inode.path : null,
  );
  return paths.filter((path) => path !== null).join("', '");
};
