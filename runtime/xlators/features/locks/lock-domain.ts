/**
 * Grants locks of translators on one inode in one domain: inodelk's on ranges, or entrylk's on names.
 *
 * As in GlusterFS, locks of one owner do not conflict, and each needs its own unlock of exactly the same
 * range or name. A claim (a lock or a request for one) that conflicts with a waiting claim waits behind it, so that no
 * claim waits for ever. Claims of an owner that already has or awaits a lock of the domain do not wait behind others:
 * those may be waiting for this owner.
 *
 * Source: GlusterFS `xlators/features/locks/src/inodelk.c`, `entrylk.c`.
 */
import { EAGAIN } from '../../../core/errno.ts';
import type { Settle } from './record-locks.ts';

/** A lock, or a request for one, of this owner (`makeOwner`). */
export interface Claim {
  readonly owner: string;
}

/** Compares claims, on ranges or on names. */
export interface ClaimRules<C> {
  /** Whether two locks of different owners exclude each other. */
  excludes(a: C, b: C): boolean;
  /** Whether the unlock `request` applies to the lock `held` of the same owner. */
  isSameLock(request: C, held: C): boolean;
}

/** A claim that waits, and the function that settles it. */
interface WaitingClaim<C> {
  readonly claim: C;
  readonly settle: Settle;
}

/** The granted and waiting claims of one inode in one domain, all on ranges or all on names. */
export class LockDomain<C extends Claim> {
  readonly granted: C[] = [];
  private readonly rules: ClaimRules<C>;
  private pending: WaitingClaim<C>[] = [];

  constructor(rules: ClaimRules<C>) {
    this.rules = rules;
  }

  get isEmpty(): boolean {
    return this.granted.length === 0 && this.pending.length === 0;
  }

  /** Waiting claims in order of arrival. */
  get blocked(): readonly C[] {
    return this.pending.map(({ claim }) => claim);
  }

  /**
   * Requests a lock. Settles the claim at once (with 0, or EAGAIN if it may not wait) and returns null; or returns a
   * function that ends its wait with an errno.
   */
  lock(claim: C, mayWait: boolean, settle: Settle): ((errno: number) => void) | null {
    if (this.canGrant(claim)) {
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

  /** Releases one lock, and grants waiting claims; returns false if the owner has no such lock. */
  unlock(request: C): boolean {
    const index = this.granted.findIndex(
      (held) => held.owner === request.owner && this.rules.isSameLock(request, held),
    );
    if (index < 0) return false;
    this.granted.splice(index, 1);
    this.grantWaiting();
    return true;
  }

  /** Removes the claims that `isSelected` selects; waiting ones are settled with an errno. */
  drop(isSelected: (claim: C) => boolean, errno: number): void {
    const removed = this.pending.filter(({ claim }) => isSelected(claim));
    this.pending = this.pending.filter(({ claim }) => !isSelected(claim));
    for (let index = this.granted.length - 1; index >= 0; index--) {
      if (isSelected(this.granted[index]!)) this.granted.splice(index, 1);
    }
    for (const { settle } of removed) settle(errno);
    this.grantWaiting();
  }

  /** Settles all waiting claims with an errno. */
  cancelAll(errno: number): void {
    const { pending } = this;
    this.pending = [];
    for (const { settle } of pending) settle(errno);
  }

  /** Ends the wait of one claim, unless it was granted. */
  private cancel(pending: WaitingClaim<C>, errno: number): void {
    const index = this.pending.indexOf(pending);
    if (index < 0) return;
    this.pending.splice(index, 1);
    pending.settle(errno);
    // Later claims may have waited only behind this one.
    this.grantWaiting();
  }

  /** Grants the waiting claims that conflict no longer, in order of arrival. */
  private grantWaiting(): void {
    const waiting = this.pending;
    this.pending = [];
    const granted: WaitingClaim<C>[] = [];
    for (const pending of waiting) {
      if (this.canGrant(pending.claim)) {
        this.granted.push(pending.claim);
        granted.push(pending);
      } else this.pending.push(pending);
    }
    for (const { settle } of granted) settle(0);
  }

  /** Whether a claim conflicts with no lock, and need not wait behind another claim. */
  private canGrant(claim: C): boolean {
    const isOwn = ({ owner }: C): boolean => owner === claim.owner;
    const excludesClaim = (other: C): boolean => this.rules.excludes(other, claim);
    if (this.granted.some((held) => !isOwn(held) && excludesClaim(held))) return false;
    const { blocked } = this;
    return !blocked.some(excludesClaim) || this.granted.some(isOwn) || blocked.some(isOwn);
  }
}
