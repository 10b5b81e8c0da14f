/**
 * The locks of translators on one inode in one domain: inodelk's on ranges or entrylk's on names.
 *
 * As GlusterFS defines them: an owner is never in its own way, and each of its locks wants an unlock
 * of its own, by exactly what was locked (nothing merges or splits). Whoever would exclude one that
 * waits stands in line behind it, so that nobody waits for ever; but an owner that has, or waits for,
 * a lock of the domain already does not, for it may have to finish before the others can go on.
 *
 * Source: GlusterFS `xlators/features/locks/src/inodelk.c`, `entrylk.c`.
 */
import { EAGAIN } from '../../../core/errno.ts';
import type { Settle } from './records.ts';

export interface Claim {
  readonly owner: string;
}

/** What makes the difference between ranges and names. */
export interface Rules<C> {
  /** Whether two locks of different owners exclude each other. */
  excludes(a: C, b: C): boolean;
  /** Whether an unlock of `given` means the lock `held` of the same owner. */
  means(given: C, held: C): boolean;
}

interface Pending<C> {
  readonly claim: C;
  readonly settle: Settle;
}

export class Domain<C extends Claim> {
  readonly granted: C[] = [];
  private readonly rules: Rules<C>;
  private pending: Pending<C>[] = [];

  constructor(rules: Rules<C>) {
    this.rules = rules;
  }

  get empty(): boolean {
    return this.granted.length === 0 && this.pending.length === 0;
  }

  /** In the order they came. */
  get blocked(): readonly C[] {
    return this.pending.map(({ claim }) => claim);
  }

  /** Settles the claim, EAGAIN if it would have to wait, unless it waits: the result ends that. */
  lock(claim: C, mayWait: boolean, settle: Settle): ((errno: number) => void) | null {
    if (this.mayHave(claim)) {
      this.granted.push(claim);
      settle(0);
      return null;
    }
    if (!mayWait) {
      settle(EAGAIN);
      return null;
    }
    const pending = { claim, settle };
    this.pending.push(pending);
    return (errno) => this.cancel(pending, errno);
  }

  /** False when the owner has no such lock. */
  unlock(given: C): boolean {
    const at = this.granted.findIndex(
      (held) => held.owner === given.owner && this.rules.means(given, held),
    );
    if (at < 0) return false;
    this.granted.splice(at, 1);
    this.grant();
    return true;
  }

  /** Takes away the claims that `which` says; those of them that wait are settled with an errno. */
  drop(which: (claim: C) => boolean, errno: number): void {
    const leaving = this.pending.filter(({ claim }) => which(claim));
    this.pending = this.pending.filter(({ claim }) => !which(claim));
    for (let at = this.granted.length - 1; at >= 0; at--) {
      if (which(this.granted[at]!)) this.granted.splice(at, 1);
    }
    for (const { settle } of leaving) settle(errno);
    this.grant();
  }

  /** Settles all that wait with an errno. */
  cancelAll(errno: number): void {
    const { pending } = this;
    this.pending = [];
    for (const { settle } of pending) settle(errno);
  }

  private cancel(pending: Pending<C>, errno: number): void {
    const at = this.pending.indexOf(pending);
    if (at < 0) return;
    this.pending.splice(at, 1);
    pending.settle(errno);
    // Some may have stood behind it only.
    this.grant();
  }

  private grant(): void {
    const waiting = this.pending;
    this.pending = [];
    const granted: Pending<C>[] = [];
    for (const pending of waiting) {
      if (this.mayHave(pending.claim)) {
        this.granted.push(pending.claim);
        granted.push(pending);
      } else this.pending.push(pending);
    }
    for (const { settle } of granted) settle(0);
  }

  private mayHave(claim: C): boolean {
    const isOwn = ({ owner }: C): boolean => owner === claim.owner;
    const inTheWay = (other: C): boolean => this.rules.excludes(other, claim);
    if (this.granted.some((held) => !isOwn(held) && inTheWay(held))) return false;
    const { blocked } = this;
    return !blocked.some(inTheWay) || this.granted.some(isOwn) || blocked.some(isOwn);
  }
}
