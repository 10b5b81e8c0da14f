/** Makes a recording in memory, for pages and tests; `toBytes` returns it in the form of a file. */
import { encodeName } from '../core/bytes.ts';
import { MemoryEvents } from './event-store.ts';
import { encodePrefix, type Head, PREFIX_BYTES, SLOT_HEAD_BYTES, Slot } from './format.ts';
import { encodeHead } from './head.ts';

/** Bytes of the initial memory, which grows. */
const INITIAL_BYTES = 65_536;
/** The alignment of a slot's head. */
const ALIGNMENT = 4;

export class MemoryRecording extends MemoryEvents {
  private readonly head: Uint8Array;

  constructor(head: Head) {
    super(INITIAL_BYTES);
    this.head = encodeName(encodeHead(head));
  }

  /** Returns the recording so far, in the form of a file that is not closed. */
  toBytes(): Uint8Array {
    const { out, head, count } = this;
    const headEnd = PREFIX_BYTES + head.length;
    const slotsAt = Math.ceil(headEnd / ALIGNMENT) * ALIGNMENT;
    const slotSize = SLOT_HEAD_BYTES + out.at;
    const blocksAt = slotsAt + slotSize;
    const layout = { slotsAt, slotSize, blocksAt, slots: 1, indexAt: 0, indexed: 0 };
    const bytes = new Uint8Array(blocksAt);
    bytes.set(encodePrefix({ ...layout, headLength: head.length }));
    bytes.set(head, PREFIX_BYTES);
    const slot = new Slot(bytes.subarray(slotsAt));
    slot.begin(1);
    slot.events.set(out.bytes.subarray(0, out.at));
    slot.commit(out.at, count);
    return bytes;
  }
}
