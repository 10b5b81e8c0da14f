/**
 * Chooses the values that calls of one entry point bring along, so that the thread need not ask for
 * them: those that earlier calls have read.
 */
import type { HostApi } from '../host/crossing/host-api.ts';
import type { MessageWriter } from './message-bytes.ts';
import { ROOT_BIT, writeValue } from './messages.ts';
import { fetchValue } from './thread-requests.ts';

/** Number of calls in a row that read none of the values, after which they are not sent any more. */
const MAX_UNREAD_CALLS = 16;

export class SentValues {
  /** Bits by the value's index, and ROOT_BIT. */
  private set = 0;
  private unreadCalls = 0;

  /** Writes the set, and the values in it. */
  write(to: MessageWriter, api: HostApi, id: number, wind: number): void {
    const { set } = this;
    to.writeU32(set);
    for (let index = 0, rest = set & ~ROOT_BIT; rest !== 0; rest >>>= 1, index++)
      if ((rest & 1) !== 0) writeValue(to, fetchValue(api, id, wind, index));
    if ((set & ROOT_BIT) !== 0) writeValue(to, api.readRequestJson(id));
  }

  /** Records which values a call has read. */
  noteRead(read: number): void {
    if (read !== 0) {
      this.set |= read & 0x7fffffff;
      this.unreadCalls = 0;
    } else if (this.set !== 0 && ++this.unreadCalls === MAX_UNREAD_CALLS) {
      this.set = this.unreadCalls = 0;
    }
  }
}
