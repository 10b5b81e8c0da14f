/**
 * Remembers requests that have ended an interpreter, by fop and name, and their callers. The first
 * loss counts as chance; from the second on the request is refused, for twice as long each time
 * (`Backoff`). The volume asks `refuses`, and calls `clear` with new code.
 *
 * A fop with two names is recorded under each of them. When the memory is full, the requests blamed
 * longest ago are forgotten.
 */
import { Fd } from '../../../runtime/core/fd.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { NULL_GFID } from '../../../runtime/core/gfid.ts';
import { Loc } from '../../../runtime/core/loc.ts';
import { type Log, printable } from '../../../runtime/core/log.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { Backoff } from '../lifecycle/failure-policy.ts';

const MOST = 1024;

export interface BlamedRequest {
  readonly name: FopName;
  readonly args: readonly unknown[];
  readonly uid: number;
}

export class HarmfulRequests {
  private readonly paces = new Map<string, Backoff>();
  /** The first wait, in seconds. */
  private readonly seconds: number;
  /** The time when the last of them is forgotten. */
  private until = Number.NEGATIVE_INFINITY;

  constructor(seconds: number) {
    this.seconds = seconds;
  }

  get size(): number {
    return this.paces.size;
  }

  /** Records that the request ended an interpreter; logs what is refused from now on. */
  blame({ name, args, uid }: BlamedRequest, now: number, log: Log): void {
    this.note(callerKey(uid), now);
    let longest = 0;
    for (const key of requestKeys(name, args)) longest = Math.max(longest, this.note(key, now));
    if (longest === 0) return;
    log.warning(
      `${name} of '${printable(pathOf(args))}' ends the interpreter again and again: refused for ` +
        `${longest / 1000} s (option restart-backoff)`,
      { msgid: messages.harmfulRefused.id },
    );
  }

  /** True when the volume must refuse the request without calling the module. */
  refuses(name: FopName, args: readonly unknown[], now: number): boolean {
    if (this.isEmpty(now)) return false;
    return requestKeys(name, args).some((key) => this.paces.get(key)?.isWaiting(now) === true);
  }

  /** True when a request of this caller has recently ended an interpreter. */
  isBlamed(uid: number, now: number): boolean {
    return !this.isEmpty(now) && this.paces.has(callerKey(uid));
  }

  clear(): void {
    this.paces.clear();
  }

  private isEmpty(now: number): boolean {
    if (this.paces.size > 0 && now > this.until) this.clear();
    return this.paces.size === 0;
  }

  /** Records that the key ended an interpreter; returns its new wait in milliseconds. */
  private note(key: string, now: number): number {
    const pace = this.paces.get(key) ?? new Backoff(this.seconds);
    this.paces.delete(key);
    this.paces.set(key, pace);
    const wait = pace.next(now);
    this.until = Math.max(this.until, pace.forgottenAt);
    for (const oldest of this.paces.keys()) {
      if (this.paces.size <= MOST) break;
      this.paces.delete(oldest);
    }
    return wait;
  }
}

const callerKey = (uid: number): string => `uid ${uid}`;

const requestKeys = (name: FopName, args: readonly unknown[]): string[] => {
  const keys: string[] = [];
  for (const arg of args) {
    if (arg instanceof Loc) keys.push(`${name} ${placeOf(arg)}`);
    else if (arg instanceof Fd) keys.push(`${name} ${arg.inode.gfid}`);
  }
  return keys;
};

const placeOf = ({ name, pargfid, gfid }: Loc): string =>
  name === null || pargfid === NULL_GFID ? gfid : `${pargfid}/${name}`;

const pathOf = (args: readonly unknown[]): string => {
  const paths = args.map((arg) =>
    arg instanceof Loc ? arg.path : arg instanceof Fd ? arg.inode.path : null,
  );
  return paths.filter((path) => path !== null).join("', '");
};
