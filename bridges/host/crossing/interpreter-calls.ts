/** Declares the members of the interpreter that the host functions use (host-api.ts). */
import type { Owner } from '../lifecycle/failure-policy.ts';
import type { HostedRequest } from '../requests/hosted-request.ts';
import type { LookupExecutor } from '../requests/name-lookups.ts';
import type { PendingRequests } from '../requests/pending-requests.ts';
import type { GuestMessage } from './decision.ts';

export interface InterpreterCalls extends LookupExecutor {
  readonly currentRequest: HostedRequest | null;
  readonly pending: Pick<PendingRequests, 'get' | 'size' | 'values'>;
  readonly decisions: { checkQueuedBytes(bytes: number): void };
  queueMessage(id: number, message: GuestMessage, bytes: number): void;
  reportLostRequest(id: number): void;
  enterFor(call: () => number | undefined): void;
  readonly owner: Pick<Owner, 'applyDeclaredUp' | 'findPathGfid'>;
}
