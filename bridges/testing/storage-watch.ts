/**
 * The volume above a storage in a graph under test: records every request that reaches the storage,
 * and fails or holds those that the test selects.
 */
import { pathOf } from '../../runtime/api/driver.ts';
import { type FopRow, findFop } from '../../runtime/core/fops.ts';
import type { Frame } from '../../runtime/core/frame.ts';
import { type FopName, fail, fopNames } from '../../runtime/core/gen/fops.gen.ts';
import { collect, tailArgs } from '../../runtime/core/gen/generic.gen.ts';
import {
  defaultNotify,
  defineTranslator,
  type Fops,
  sayUp,
  type Xlator,
} from '../../runtime/core/xlator.ts';
import { named, type Plain } from './values.ts';

/** A request that reached the storage. */
export interface RecordedRequest {
  readonly fop: string;
  /** The path of its first loc or fd. */
  readonly path: string | null;
  readonly args: { [name: string]: Plain };
}

/** A rule for failing requests. */
export interface FailRule {
  /** The fop; null for any, as for the path. */
  readonly fop: string | null;
  readonly path: string | null;
  readonly errno: number;
  /** Remaining failures. */
  times: number;
}

/** Winds of one request at most: a callback could wind without end. */
const ROUNDS_MAX = 1_000;

interface HeldRequest {
  /** The request's number. */
  readonly unique: number;
  go(): void;
}

export class Watch {
  asked: RecordedRequest[] = [];
  failing: FailRule[] = [];
  readonly held: HeldRequest[] = [];
  private readonly holding = new Set<string | null>();
  private isDown: boolean;
  /** The latest request, and its number of winds. */
  private unique = -1;
  private rounds = 0;

  readonly translator = defineTranslator<unknown, Record<string, never>>({
    type: 'testing/watch',
    description: 'Notes what reaches a storage; fails or holds it back on demand.',
    children: [1, 1],
    options: {},
    fops: this.fops(),
    init: () => null,
    notify: (xl, event, data) => {
      if (event === 'CHILD_UP' && this.isDown) return;
      defaultNotify(xl as Xlator, event, data);
    },
  });

  /** @param isDown true to start down, until `sayUp` */
  constructor(isDown = false) {
    this.isDown = isDown;
  }

  /** Sends CHILD_UP or CHILD_DOWN for its storage. */
  sayUp(xl: Xlator, isUp: boolean): void {
    this.isDown = !isUp;
    sayUp(xl, isUp);
  }

  /** Holds requests of this fop, or of all, until `release`. */
  hold(fop: string | null): void {
    this.holding.add(fop);
  }

  /** Releases held requests, and holds no more. */
  release(): void {
    this.holding.clear();
    for (const { go } of this.held.splice(0)) go();
  }

  private fops(): Fops<unknown> {
    const made = fopNames.map((name) => {
      const row = findFop(name)!;
      return [name, collect[name]((frame, xl, args) => this.take(row, frame, xl, args))];
    });
    return Object.fromEntries(made) as Fops<unknown>;
  }

  private take(row: FopRow, frame: Frame, xl: Xlator<unknown>, args: unknown[]): void {
    const name = row.name as FopName;
    const path = pathOf(row, args);
    const { unique } = frame.root;
    this.rounds = unique === this.unique ? this.rounds + 1 : 1;
    this.unique = unique;
    this.asked.push({ fop: name, path, args: named(row.args, args) });
    const failing = this.failing.find(
      (one) =>
        one.times > 0 &&
        (one.fop === null || one.fop === name) &&
        (one.path === null || one.path === path),
    );
    if (failing !== undefined) failing.times -= 1;
    const go = (): void => {
      if (failing !== undefined) fail[name](frame, failing.errno);
      else tailArgs[name](frame, xl.children[0]!, args);
    };
    const isHeld = this.holding.has(null) || this.holding.has(name);
    if (isHeld || this.rounds > ROUNDS_MAX) {
      this.held.push({ unique, go });
    } else go();
  }
}
