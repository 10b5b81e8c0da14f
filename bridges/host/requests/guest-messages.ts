/** Finds the request of a guest's message, and decodes the message. */
import type { Xlator } from '../../../runtime/core/xlator.ts';
import {
  type Decision,
  type GuestMessage,
  parseMessage,
  readDecision,
} from '../crossing/decision.ts';
import type { HostApi } from '../crossing/host-api.ts';
import { MessageError } from '../crossing/message.ts';
import { findCall, readReturned } from './hosted-files.ts';
import { type HostedRequest, makeOwnRequest } from './hosted-request.ts';
import type { PendingRequests } from './pending-requests.ts';

/** The interpreter of the guest. */
interface MessageReceiver {
  readonly api: Pick<HostApi, 'findBytes' | 'findRequest' | 'makeResolver'>;
  readonly pending: Pick<PendingRequests, 'checkOwnRequestCount'>;
}

/**
 * Finds a message's request; an unknown negative `id` begins one of the translator's own.
 * @throws {MessageError}
 */
export function findOrMakeRequest(
  { api, pending }: MessageReceiver,
  xl: Xlator<unknown>,
  id: number,
): HostedRequest {
  const request = api.findRequest(id);
  if (request !== undefined && !request.isAbandoned) return request;
  if (id >= 0) throw new MessageError('the request has had its answer');
  pending.checkOwnRequestCount();
  return makeOwnRequest(id, xl);
}

/** @throws {MessageError} */
export function decodeMessage(
  api: MessageReceiver['api'],
  xl: Xlator<unknown>,
  request: HostedRequest,
  message: GuestMessage,
): Decision {
  let parts = message;
  // Before a resolver is made, which a method's result does not need.
  if (request.plan?.again !== undefined && !request.isAnswered) {
    parts = typeof message === 'string' ? parseMessage(message) : message;
    const [verb, value] = parts;
    if (verb === 'return') {
      const result = readReturned(findCall(request.frame), value, (id) => api.findBytes(id));
      return { verb, value: result };
    }
  }
  const decision = readDecision(parts, {
    row: request.plan?.row,
    request,
    childCount: xl.below.length,
    resolver: api.makeResolver(request),
  });
  if (decision.verb !== 'wind' && request.isAnswered)
    throw new MessageError('the request has had its answer');
  return decision;
}

/** Returns what is wrong with a message of a guest in a thread, whose call has not ended. */
export function explainMessage(
  receiver: MessageReceiver,
  xl: Xlator<unknown>,
  id: number,
  message: GuestMessage,
): string | undefined {
  try {
    decodeMessage(receiver.api, xl, findOrMakeRequest(receiver, xl, id), message);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
