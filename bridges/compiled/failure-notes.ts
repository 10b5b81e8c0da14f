/**
 * Notes for the host where a compiled module fails a request, for `glossa why`, and warns of an errno that is probably
 * a mistake. C and Rust send the line; of others the file and the function are noted.
 */
import { isAbsence } from '../../runtime/core/frame.ts';
import { type LogSource, WARNING } from '../../runtime/core/log.ts';
import type { GuestHost } from '../host/guest-host.ts';
import { NO_LEVEL } from '../host/requests/chosen-failure.ts';

/** The part of a kind of modules that describes failures. */
export interface FailureDescriber {
  /** Explains an errno that is probably a mistake; undefined for a usual one. */
  explainErrno?(errno: number): string | undefined;
  /** Finds the name of the function that serves a fop, or a callback such as `mkdir_cbk`; undefined if unknown. */
  findFunction?(method: string): string | undefined;
}

export class FailureNotes {
  private readonly kind: FailureDescriber;
  /** The module's file. */
  private readonly path: string;
  private readonly host: GuestHost;
  private hasExplainedErrno = false;

  constructor(kind: FailureDescriber, path: string, host: GuestHost) {
    this.kind = kind;
    this.path = path;
    this.host = host;
  }

  /**
   * Notes a failure.
   * @param method the fop that the module serves, or the callback, such as `mkdir_cbk`
   * @param source line 0 if unknown
   */
  add(id: number, errno: number, method: string, source: LogSource): void {
    const request = this.host.findRequest(id);
    this.explain(errno, request?.name ?? '-', source);
    // The module may have sent the position before its decision.
    const isNoted = source.line === 0 && (request?.failureSource?.line ?? 0) > 0;
    if (request === undefined || isNoted || isAbsence(errno)) return;
    const func = this.kind.findFunction?.(method) ?? '-';
    const known = source.line > 0 ? source : { file: this.path, line: 0, func };
    this.host.log(NO_LEVEL, known, String(id));
  }

  /** Warns once of an errno that is probably a mistake. */
  private explain(errno: number, fop: string, source: LogSource): void {
    if (this.kind.explainErrno === undefined || this.hasExplainedErrno) return;
    const explanation = this.kind.explainErrno(errno);
    if (explanation === undefined) return;
    this.hasExplainedErrno = true;
    this.host.log(WARNING, source, `${fop} fails with ${errno}: ${explanation}`);
  }
}
