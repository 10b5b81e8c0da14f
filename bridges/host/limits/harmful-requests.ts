/**
 * Records requests that have ended an interpreter, by fop and name, and their callers. The first
 * loss may be chance. From the second on, the request is refused, for twice as long each time
 * (`Backoff`). The volume calls `isRefused` for each request, and `clear` when it loads new code. A
 * fop with two names is recorded under both. Beyond `MAX_ENTRIES`, the oldest records are dropped.
 */
import { Fd } from '../../../runtime/core/fd.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { NULL_GFID } from '../../../runtime/core/gfid.ts';
import { Loc } from '../../../runtime/core/loc.ts';
import { type Log, printable } from '../../../runtime/core/log.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { Backoff } from '../lifecycle/failure-policy.ts';

const MAX_ENTRIES = 1024;

export interface BlamedRequest {
  readonly name: FopName;
  readonly args: readonly unknown[];
  readonly uid: number;
}

export class HarmfulRequests {
  private readonly backoffs = new Map<string, Backoff>();
  /** The first wait, in seconds. */
  private readonly firstWaitSeconds: number;
  /** The time when the last entry expires, on the context's clock in milliseconds. */
  private lastExpiry = Number.NEGATIVE_INFINITY;

  constructor(firstWaitSeconds: number) {
    this.firstWaitSeconds = firstWaitSeconds;
  }

  get size(): number {
    return this.backoffs.size;
  }

  /** Records that the request ended an interpreter; logs it if it is refused from now on. */
  blame({ name, args, uid }: BlamedRequest, now: number, log: Log): void {
    this.recordLoss(makeCallerKey(uid), now);
    let longestWaitMs = 0;
    for (const key of makeRequestKeys(name, args))
      longestWaitMs = Math.max(longestWaitMs, this.recordLoss(key, now));
    if (longestWaitMs === 0) return;
    log.warning(
      `${name} of '${printable(formatRequestPaths(args))}' ends the interpreter again and again: refused for ` +
        `${longestWaitMs / 1000} s (option restart-backoff)`,
      { msgid: messages.harmfulRefused.id },
    );
  }

  /** True when the volume must refuse the request without calling the module. */
  isRefused(name: FopName, args: readonly unknown[], now: number): boolean {
    if (this.expire(now)) return false;
    return makeRequestKeys(name, args).some(
      (key) => this.backoffs.get(key)?.isWaiting(now) === true,
    );
  }

  /** True when a request of this caller has recently ended an interpreter. */
  isBlamed(uid: number, now: number): boolean {
    return !this.expire(now) && this.backoffs.has(makeCallerKey(uid));
  }

  clear(): void {
    this.backoffs.clear();
  }

  private expire(now: number): boolean {
    if (this.backoffs.size > 0 && now > this.lastExpiry) this.clear();
    return this.backoffs.size === 0;
  }

  /** Records that the key ended an interpreter; returns its new wait in milliseconds. */
  private recordLoss(key: string, now: number): number {
    const backoff = this.backoffs.get(key) ?? new Backoff(this.firstWaitSeconds);
    this.backoffs.delete(key);
    this.backoffs.set(key, backoff);
    const wait = backoff.nextWaitMs(now);
    this.lastExpiry = Math.max(this.lastExpiry, backoff.expiryMs);
    for (const oldest of this.backoffs.keys()) {
      if (this.backoffs.size <= MAX_ENTRIES) break;
      this.backoffs.delete(oldest);
    }
    return wait;
  }
}

const makeCallerKey = (uid: number): string => `uid ${uid}`;

const makeRequestKeys = (name: FopName, args: readonly unknown[]): string[] => {
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
