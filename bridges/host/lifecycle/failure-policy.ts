/**
 * Reads the options that decide what happens to a request whose module fails (`on-error`), and when
 * its interpreter is restarted:
 *
 * - `fail`: the request fails with an errno.
 * - `bypass`: it continues without the translator, unless the module has wound already. A call of a filter's method
 *   fails: the names and data below are not for callers.
 * - `restart`: it fails with an errno; after `max-failures` the module gets a new interpreter.
 *
 * A lost interpreter (out of memory, crashed) is replaced at once under every policy. `Backoff`
 * paces repeated restarts; `Owner` is the interface through which an interpreter reports failures.
 */
import { errnoNames, errnoNumber } from '../../../runtime/core/errno.ts';
import { InitError } from '../../../runtime/core/errors.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import type { Gfid } from '../../../runtime/core/gfid.ts';
import { formatSuggestion } from '../../../runtime/core/nearest.ts';
import { defineOptions, type Values } from '../../../runtime/core/options.ts';
import type { Child, Xlator } from '../../../runtime/core/xlator.ts';
import type { Plan } from '../crossing/plan.ts';
import type { HostedRequest } from '../requests/hosted-request.ts';

/** The values of `option on-error`. */
export const policies = ['fail', 'bypass', 'restart'] as const;
export type PolicyName = (typeof policies)[number];

/** The values of the options about failures. */
export interface Policy {
  readonly onError: PolicyName;
  /** The errno of requests that fail. */
  readonly errno: number;
  /** Failures of one interpreter before `restart` replaces it. */
  readonly maxFailures: number;
  /** The first wait of `Backoff`, in seconds. */
  readonly restartBackoffS: number;
}

/** Finds the child at which `bypass` continues; undefined where the request fails. */
export const findBypass = (
  { onError }: Policy,
  { passingChild }: Xlator<unknown>,
  { again }: Plan,
): Child | undefined => (onError === 'bypass' && again === undefined ? passingChild : undefined);

/** Limits of a module, set by its volume's options; 0 for no limit. */
export interface Limits {
  /** Seconds that the module may hold a request. */
  readonly frameTimeoutS: number;
  /** Winds that it may make for one request. */
  readonly windLimit: number;
  /** Bytes per second that it may log. */
  readonly logBytesPerSecond: number;
  /** The most percent of the time for its work that no request waits for, while requests come. */
  readonly backgroundShare: number;
  /** Bytes of its interpreter, and of what the host keeps for it. */
  readonly memoryLimitBytes: number;
}

/** Specs of the options about failures and limits, which features/glupy adds to its own. */
export const failureOptions = defineOptions({
  'frame-timeout': {
    type: 'time',
    default: 1800,
    min: 0,
    reconfigurable: true,
    description:
      'Seconds after which a request that the module does not answer fails, also when it winds again ' +
      'and again; what it waits for a subvolume does not count. 0 for never.',
  },
  'wind-limit': {
    type: 'int',
    default: 100_000,
    min: 0,
    reconfigurable: true,
    description:
      'How often the module may wind for one request, which fails at the next; 0 for no limit.',
  },
  'log-limit': {
    type: 'sizet',
    default: 1024 * 1024,
    min: 0,
    reconfigurable: true,
    description:
      'Bytes a second that the module may log, and 16 times as many at once; what is more is left ' +
      'out, which a line of the log says. 0 for no limit.',
  },
  'background-share': {
    type: 'percent',
    default: 25,
    min: 1,
    reconfigurable: true,
    description:
      'The share of the time that timers and tasks of the module get at most while requests come, if ' +
      'no request waits for them and a call of them takes over 20 ms; otherwise they get all of it.',
  },
  'on-error': {
    type: 'str',
    values: policies,
    default: 'fail',
    reconfigurable: true,
    description:
      'What becomes of a request that the module fails with: `fail` answers it with an errno, ' +
      '`bypass` carries it on as if the translator were not there (unless the module had wound ' +
      'something already), `restart` is `fail` and starts the interpreter anew after ' +
      'max-failures.',
  },
  error: {
    type: 'str',
    default: 'EIO',
    reconfigurable: true,
    description: 'The errno, by name, of requests that fail because the module does.',
  },
  'max-failures': {
    type: 'int',
    default: 1,
    min: 1,
    reconfigurable: true,
    description: 'Failures after which on-error restart starts the interpreter anew.',
  },
  'restart-backoff': {
    type: 'time',
    default: 1,
    min: 0,
    reconfigurable: true,
    description:
      'Seconds for which a request is refused that ends the interpreter again, and between two ' +
      'starts that fail or two restarts by on-error; twice as long each time, up to a minute. 0 ' +
      'never waits.',
  },
});

/** Reads the policy from the options. @throws {InitError} for an unknown errno */
export function readPolicy(options: Values<typeof failureOptions>): Policy {
  const errno = errnoNumber(options.error);
  if (errno === undefined) {
    const hint = formatSuggestion(options.error, errnoNames);
    throw new InitError(`option error: '${options.error}' is no errno${hint}`);
  }
  return {
    onError: options['on-error'],
    errno,
    maxFailures: options['max-failures'],
    restartBackoffS: options['restart-backoff'],
  };
}

/**
 * Reads the limits from the options.
 * @param memoryLimitBytes bytes; unlimited for native modules
 */
export const readLimits = (
  options: Values<typeof failureOptions>,
  memoryLimitBytes = Number.POSITIVE_INFINITY,
): Limits => ({
  memoryLimitBytes,
  frameTimeoutS: options['frame-timeout'],
  windLimit: options['wind-limit'],
  logBytesPerSecond: options['log-limit'],
  backgroundShare: options['background-share'],
});

/** Counts since the volume started; `Host.dump` reports them. */
export interface Counters {
  /** Calls of the module for a request. */
  calls: number;
  /** Failed calls and requests. */
  failures: number;
  /** Requests continued without the module after a failure. */
  bypassed: number;
  /** Requests not answered in time. */
  timeouts: number;
  /** Interrupted requests whose module was notified. */
  interrupted: number;
}

/** The owner of an interpreter: its volume's host, which handles failures. An `object` is the interpreter. */
export interface Owner {
  readonly counters: Counters;
  readonly policy: Policy;
  /** Replies to requests in the module's place. */
  readonly succession: {
    /** Whether some request has ended an interpreter. */
    readonly blamesRequests: boolean;
    /**
     * Replies to a request that has ended interpreters, and returns true; false if it may enter.
     */
    failIfHarmful(plan: Plan, frame: Frame, args: readonly unknown[]): boolean;
    /** Holds or fails a request that came to a lost interpreter. */
    holdOrFail(plan: Plan, frame: Frame, args: readonly unknown[]): void;
    /** True once the volume has ended. */
    readonly isClosed: boolean;
    /** Logs the loss of the interpreter outside of a request. */
    logLoss(reason: string, blamed: null): void;
  };
  /** Records a failure in the interpreter. */
  noteFailure(interpreter: object): void;
  /** Replaces an interpreter that can no longer be entered. @param blamed the request it ran for */
  handleLoss(interpreter: object, why: string, blamed: HostedRequest | null): void;
  /** Ends a retired interpreter after its last reply. */
  endRetired(interpreter: object): void;
  /** Finds the gfid of a path in the volume of a file system by path. */
  findPathGfid?(path: string): Gfid | undefined;
  /** Applies a module's call that sets whether the volume is up. */
  applyDeclaredUp(api: object, isUp: boolean): void;
}

/** The longest wait, in seconds. */
const LONGEST_WAIT_S = 60;

/**
 * Paces a recurring event: no wait after the first, then a wait that doubles each time. Used for
 * failed starts, restarts, and requests that keep ending interpreters. Times are milliseconds of a
 * monotonic clock.
 */
export class Backoff {
  private readonly firstMs: number;
  private readonly longestMs: number;
  private waitEndMs = Number.NEGATIVE_INFINITY;
  private waitMs = 0;

  /** @param seconds the first wait; 0 to never wait */
  constructor(seconds: number) {
    this.firstMs = seconds * 1000;
    this.longestMs = Math.max(this.firstMs, LONGEST_WAIT_S * 1000);
  }

  /** Records the event; returns the milliseconds to wait before the next one. */
  recordEvent(nowMs: number): number {
    // After a pause longer than any wait, the next event counts as the first one.
    if (nowMs > this.expiryMs) this.waitMs = 0;
    else this.waitMs = this.waitMs === 0 ? this.firstMs : Math.min(2 * this.waitMs, this.longestMs);
    this.waitEndMs = nowMs + this.waitMs;
    return this.waitMs;
  }

  isWaiting(nowMs: number): boolean {
    return nowMs < this.waitEndMs;
  }

  /** The time after which the event counts as the first one again. */
  get expiryMs(): number {
    return this.waitEndMs + this.longestMs;
  }
}
