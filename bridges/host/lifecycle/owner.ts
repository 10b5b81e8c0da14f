/** The owner of an interpreter: its volume's host, which decides what becomes of failures. */
import type { Frame } from '../../../runtime/core/frame.ts';
import type { Plan } from '../crossing/plan.ts';
import type { HostedRequest } from '../requests/hosted-request.ts';
import type { Policy } from './failure-policy.ts';

/** How often what happened, since the volume started. */
export interface Counters {
  /** Times the module was entered for a request. */
  calls: number;
  /** Calls and requests that went wrong. */
  failures: number;
  /** Requests that were carried on without the module after a failure. */
  bypassed: number;
  /** Requests that were not answered in time. */
  timeouts: number;
  /** Requests whose caller gave up, and whose module was told. */
  interrupted: number;
}

/** An interpreter, to its owner. */
export interface Reporting {
  /** True once a request has entered the interpreter. */
  readonly hasServed: boolean;
  close(): void;
}

/** The part of a volume that decides about an interpreter's failures. */
export interface Owner {
  readonly counters: Counters;
  readonly policy: Policy;
  /** Something has gone wrong in the interpreter. */
  failed(interpreter: Reporting): void;
  /** Its interpreter can no longer be entered. `by` is the request for which it ran. */
  lost(interpreter: Reporting, why: string, by: HostedRequest | null): void;
  /** It was retired, and its last request has had its answer. */
  drained(interpreter: Reporting): void;
  /** A module has said whether the volume is up, by the HostApi of its interpreter. */
  says(api: object, isUp: boolean): void;
  /** Answers a request that no interpreter is to be given now; false when it may enter. */
  refuses(plan: Plan, frame: Frame, args: unknown[]): boolean;
  /** A request came to an interpreter whose interpreter is lost. */
  unserved(plan: Plan, frame: Frame, args: unknown[]): void;
}
