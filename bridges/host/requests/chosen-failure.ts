/**
 * Records on a request that its module chose the errno of the failure, for `glossa why`: the last volume that the
 * request reached, a child that the module has asked, did not fail it then.
 */
import { recordFailure } from '../../../runtime/core/frame.ts';
import type { LogSource } from '../../../runtime/core/log.ts';
import type { HostedRequest } from './hosted-request.ts';

/** The log level that writes nothing, as in GlusterFS: a guest's library notes a failure's position by it. */
export const NO_LEVEL = 0;

/** Stores the position at which a module fails a request; the library passes the request's number as the text. */
export function noteFailureSource(request: HostedRequest | undefined, source: LogSource): void {
  if (request !== undefined) request.failureSource = source;
}

/** Called for a failing reply of the module itself. */
export function noteChosenFailure(request: HostedRequest, opErrno: number): void {
  const { failureSource, plan, frame, replies } = request;
  const isChilds = replies.some(
    (reply) => reply?.row === plan!.row && reply.opRet < 0 && reply.opErrno === opErrno,
  );
  if (!isChilds) recordFailure(frame, opErrno, failureSource);
}
