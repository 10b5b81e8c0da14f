/**
 * Reads a recording, in Node and in browsers:
 *
 *   const recording = openRecording(bytes);
 *   for await (const event of recording.events()) …
 *   recording.problems       // afterwards: descriptions of damaged parts
 *
 * It also reads the intact events of a damaged recording. The bytes are untrusted: it reads within
 * bounds, and runs nothing.
 */
import { decodeName } from '../core/bytes.ts';
import type { RecordedEvent } from './events.ts';
import { EventReader } from './events.ts';
import {
  type Block,
  ENTRY_BYTES,
  type Head,
  PREFIX_BYTES,
  type Prefix,
  readEntry,
  readPrefix,
  readSlot,
  SLOT_HEAD_BYTES,
} from './format.ts';
import { readHead } from './head.ts';
import { RecordingError } from './recording-bytes.ts';

/** The number of blocks that are inflated ahead of the reader. */
const CHUNKS_AHEAD = 4;

/** Consecutive events in the file: those of a block, or of a slot. */
interface EventChunk {
  readonly name: string;
  readonly sequence: number;
  /** The number of events that the file states. */
  readonly count: number;
  readonly hasChecksum: boolean;
  load(): Promise<Uint8Array>;
}

/** An opened recording. */
export interface Recording {
  readonly head: Head;
  /** Whether the recording is closed. Otherwise its process still writes, or was killed. */
  readonly closed: boolean;
  /** The number of events. */
  readonly count: number;
  /** Descriptions of the damaged parts found so far. */
  readonly problems: readonly string[];
  /** Reads all events, in the order in which they were recorded. */
  events(): AsyncGenerator<RecordedEvent>;
  /** Reads the events as bytes, for readers of some fields (`outline.ts`). */
  parts(): AsyncGenerator<Part>;
}

/** Consecutive events as bytes. */
export interface Part {
  /** The part's name in messages, such as `block 3`. */
  readonly name: string;
  /** The number of events that the file states. */
  readonly count: number;
  /** Whether a checksum protects the bytes. */
  readonly checked: boolean;
  readonly bytes: Uint8Array;
}

/** Opens a recording. @throws {RecordingError} for another file or version, or a damaged head */
export function openRecording(bytes: Uint8Array): Recording {
  const prefix = readPrefix(bytes);
  const end = PREFIX_BYTES + prefix.headLength;
  if (end > bytes.length) throw new RecordingError('the file ends within its head');
  const head = readHead(decodeName(bytes, PREFIX_BYTES, end));
  const problems: string[] = [];
  const isClosed = prefix.slots === 0;
  const blocks = isClosed ? readIndex(bytes, prefix, problems) : scanBlocks(bytes, prefix.blocksAt);
  const chunks = [
    ...blocks.map((block) => makeBlockChunk(bytes, block)),
    ...readSlotChunks(bytes, prefix),
  ];
  // While the writer copies a slot into a block, both have the same sequence number. The slot wins,
  // because it is complete.
  const indexProblemCount = problems.length;
  const chunkBySequence = new Map(chunks.map((chunk) => [chunk.sequence, chunk]));
  const orderedChunks = [...chunkBySequence.values()].sort((a, b) => a.sequence - b.sequence);
  return {
    head,
    closed: isClosed,
    problems,
    count: orderedChunks.reduce((sum, { count }) => sum + count, 0),
    events() {
      // Each pass over the events reports the damaged parts anew.
      problems.length = indexProblemCount;
      return readEvents(head, orderedChunks, problems);
    },
    parts() {
      problems.length = indexProblemCount;
      return loadParts(orderedChunks, problems);
    },
  };
}

/** Reads the blocks of a closed recording from its index; if that is damaged, by a scan. */
function readIndex(bytes: Uint8Array, prefix: Prefix, problems: string[]): Block[] {
  const blocks: Block[] = [];
  for (let i = 0; i < prefix.indexed; i++) {
    const block = readEntry(bytes, prefix.indexAt + i * ENTRY_BYTES);
    if (block === null) {
      problems.push('its index is damaged');
      return scanBlocks(bytes, prefix.blocksAt);
    }
    blocks.push(block);
  }
  return blocks;
}

/** Finds blocks one after another, up to the last whole one. */
function scanBlocks(bytes: Uint8Array, start: number): Block[] {
  const blocks: Block[] = [];
  for (let offset = start; ; ) {
    const block = readEntry(bytes, offset);
    if (block === null) return blocks;
    const contentsOffset = offset + ENTRY_BYTES;
    if (contentsOffset + block.storedBytes > bytes.length) return blocks;
    blocks.push({ ...block, offset: contentsOffset });
    offset = contentsOffset + block.storedBytes;
  }
}

/** Makes the chunk of a block, which is inflated when it is loaded. */
const makeBlockChunk = (bytes: Uint8Array, block: Block): EventChunk => ({
  name: `block ${block.sequence}`,
  sequence: block.sequence,
  count: block.events,
  hasChecksum: true,
  load: () => inflate(bytes.subarray(block.offset, block.offset + block.storedBytes), block.length),
});

/** Makes the chunks of the slots that have events; none in a closed recording. */
function readSlotChunks(bytes: Uint8Array, { slots, slotSize, slotsAt }: Prefix): EventChunk[] {
  const chunks: EventChunk[] = [];
  for (let i = 0; i < slots; i++) {
    const slotOffset = slotsAt + i * slotSize;
    const slot = readSlot(bytes, slotOffset);
    if (slot === null) break;
    if (slot.sequence === 0 || slot.usedBytes === 0) continue;
    const start = slotOffset + SLOT_HEAD_BYTES;
    const end = Math.min(start + slot.usedBytes, slotOffset + slotSize);
    chunks.push({
      name: `slot ${i + 1}`,
      sequence: slot.sequence,
      count: slot.events,
      hasChecksum: false,
      load: async () => bytes.subarray(start, end),
    });
  }
  return chunks;
}

/**
 * Inflates a block.
 * @param length the inflated length that the entry states @throws the engine's error for bytes that are not deflated
 */
async function inflate(deflated: Uint8Array, length: number): Promise<Uint8Array> {
  const source = new Blob([deflated.slice()]).stream();
  const reader = source.pipeThrough(new DecompressionStream('deflate')).getReader();
  const inflated = new Uint8Array(length);
  let usedBytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (usedBytes + value.length > length) {
      await reader.cancel();
      throw new RecordingError('it inflates to more bytes than its entry states');
    }
    inflated.set(value, usedBytes);
    usedBytes += value.length;
  }
  return inflated.subarray(0, usedBytes);
}

/** Loads the chunks in order, some of them ahead, and reports the damaged ones. */
async function* loadParts(chunks: readonly EventChunk[], problems: string[]): AsyncGenerator<Part> {
  const pendingLoads: Promise<Uint8Array>[] = [];
  let startedCount = 0;
  for (const { name, count, hasChecksum } of chunks) {
    while (pendingLoads.length < CHUNKS_AHEAD && startedCount < chunks.length) {
      const bytes = chunks[startedCount]!.load();
      // The loop below awaits it and reports the error; this prevents an unhandled rejection.
      bytes.catch(() => {});
      pendingLoads.push(bytes);
      startedCount += 1;
    }
    let bytes: Uint8Array;
    try {
      bytes = await pendingLoads.shift()!;
    } catch (error) {
      problems.push(describeDamage({ name, count }, error, 0));
      continue;
    }
    yield { name, count, checked: hasChecksum, bytes };
  }
}

/** Reads the events of the chunks in order, and reports the damaged parts. */
async function* readEvents(
  head: Head,
  chunks: readonly EventChunk[],
  problems: string[],
): AsyncGenerator<RecordedEvent> {
  const reader = new EventReader(head.tables, head.volumes);
  for await (const part of loadParts(chunks, problems)) {
    let readCount = 0;
    try {
      for (const event of reader.read(part.bytes)) {
        readCount += 1;
        yield event;
      }
    } catch (error) {
      problems.push(describeDamage(part, error, readCount));
    }
  }
}

/** Describes a damaged part, of which `readCount` events were read. */
export function describeDamage(
  { name, count }: Pick<Part, 'name' | 'count'>,
  error: unknown,
  readCount: number,
): string {
  const reason = error instanceof RecordingError ? error.message : 'its bytes are corrupt';
  return `${name} is damaged: ${reason}; ${readCount} of its ${count} events were read`;
}
