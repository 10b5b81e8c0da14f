/**
 * Defines the volume above a storage in a graph under test: it records every request that reaches the
 * storage, and fails or holds those that the test selects.
 */
import { findArgumentPath } from '../../runtime/api/driver.ts';
import { type FopRow, findFop } from '../../runtime/core/fops.ts';
import type { Frame } from '../../runtime/core/frame.ts';
import {
  collect,
  collectCbk,
  type FopName,
  fail,
  fopNames,
  tailArgs,
  unwindArgs,
  windArgs,
} from '../../runtime/core/gen/fops.gen.ts';
import {
  defaultNotify,
  defineTranslator,
  type Fops,
  sayUp,
  type Xlator,
} from '../../runtime/core/xlator.ts';
import { encodeByName, type Plain } from './values.ts';

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

/** After this many winds, further winds of a request are held: a callback could wind without end. */
const MAX_UNHELD_WINDS = 1_000;

interface HeldRequest {
  /** The request's number. */
  readonly unique: number;
  readonly path: string | null;
  resume(): void;
}

/** Makes the callback that passes replies up, those of success with an errno. */
const makeErrnoCbk = (name: FopName, errno: number): unknown =>
  collectCbk[name]((frame, _cookie, _xl, opRet, opErrno, values) =>
    unwindArgs[name](frame, opRet, opRet < 0 ? opErrno : errno, values),
  );

/** The watch above one storage, with its translator. */
export class StorageWatch {
  requests: RecordedRequest[] = [];
  failRules: FailRule[] = [];
  /** The errno in the replies of successful requests, by fop: it has no meaning there. */
  readonly leftErrnos = new Map<string, number>();
  heldRequests: HeldRequest[] = [];
  /** Fops whose requests are held; null stands for all. */
  private readonly heldFops = new Set<string | null>();
  private isDown: boolean;
  /** The number of the latest request, and of its winds; -1 before the first. */
  private latestUnique = -1;
  private windCount = 0;

  readonly translator = defineTranslator<unknown, Record<string, never>>({
    type: 'testing/watch',
    description: 'Records the requests to a storage; fails or holds those that a test selects.',
    children: [1, 1],
    options: {},
    fops: this.makeFops(),
    init: () => null,
    notify: (xl, event, data) => {
      if (event === 'CHILD_UP' && this.isDown) return;
      defaultNotify(xl as Xlator, event, data);
    },
  });

  /** @param isDown true to start down, until `setUp` */
  constructor(isDown = false) {
    this.isDown = isDown;
  }

  /** Sends CHILD_UP or CHILD_DOWN for its storage. */
  setUp(xl: Xlator, isUp: boolean): void {
    this.isDown = !isUp;
    sayUp(xl, isUp);
  }

  /** Holds requests of this fop, or of all, until `release`. */
  hold(fop: string | null): void {
    this.heldFops.add(fop);
  }

  /** Releases held requests in order: those for a path, or all; then it holds no more. */
  release(path: string | null = null): void {
    if (path === null) this.heldFops.clear();
    const released = this.heldRequests.filter((each) => path === null || each.path === path);
    this.heldRequests = this.heldRequests.filter((each) => path !== null && each.path !== path);
    for (const { resume } of released) resume();
  }

  private makeFops(): Fops<unknown> {
    const entries = fopNames.map((name) => {
      const row = findFop(name)!;
      return [name, collect[name]((frame, xl, args) => this.handleRequest(row, frame, xl, args))];
    });
    return Object.fromEntries(entries) as Fops<unknown>;
  }

  private handleRequest(row: FopRow, frame: Frame, xl: Xlator<unknown>, args: unknown[]): void {
    const name = row.name as FopName;
    const path = findArgumentPath(row, args);
    const { unique } = frame.root;
    this.windCount = unique === this.latestUnique ? this.windCount + 1 : 1;
    this.latestUnique = unique;
    this.requests.push({ fop: name, path, args: encodeByName(row.args, args) });
    const rule = this.failRules.find(
      (each) =>
        each.times > 0 &&
        (each.fop === null || each.fop === name) &&
        (each.path === null || each.path === path),
    );
    if (rule !== undefined) rule.times -= 1;
    const leftErrno = this.leftErrnos.get(name);
    const resume = (): void => {
      if (rule !== undefined) fail[name](frame, rule.errno);
      else if (leftErrno === undefined) tailArgs[name](frame, xl.children[0]!, args);
      else windArgs[name](frame, 0, makeErrnoCbk(name, leftErrno) as never, xl.children[0]!, args);
    };
    const isHeld = this.heldFops.has(null) || this.heldFops.has(name);
    if (isHeld || this.windCount > MAX_UNHELD_WINDS) {
      this.heldRequests.push({ unique, path, resume });
    } else resume();
  }
}
