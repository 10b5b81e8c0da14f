/**
 * Reads a recording, in Node and in browsers:
 *
 *   const recording = openRecording(bytes);
 *   for await (const event of recording.events()) …
 *   recording.problems       // afterwards: descriptions of damaged parts
 *
 * It reads the whole events of a damaged recording, too. The bytes are untrusted: it reads within
 * bounds, and runs nothing.
 */
import { decodeName } from '../core/bytes.ts';
import { RecordingError } from './bytes.ts';
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

/** The number of blocks inflated ahead. */
const AHEAD = 4;

/** Consecutive events in the file: a block, or a slot. */
interface Run {
  readonly name: string;
  readonly sequence: number;
  /** The number of events by the file. */
  readonly count: number;
  readonly checked: boolean;
  events(): Promise<Uint8Array>;
}

export interface Recording {
  readonly head: Head;
  /** Whether the recording is closed. Otherwise its process still writes, or was killed. */
  readonly closed: boolean;
  /** The number of events. */
  readonly count: number;
  /** Descriptions of the damaged parts found so far. */
  readonly problems: readonly string[];
  /** All events in the order of the file. */
  events(): AsyncGenerator<RecordedEvent>;
  /** The same as bytes, for readers of some fields (`outline.ts`). */
  parts(): AsyncGenerator<Part>;
}

/** Consecutive events as bytes. */
export interface Part {
  /** Its name in messages: `block 3`. */
  readonly name: string;
  /** The number of events by the file. */
  readonly count: number;
  /** Whether a checksum has proved the bytes. */
  readonly checked: boolean;
  readonly bytes: Uint8Array;
}

/** @throws {RecordingError} for other files, other versions, and a damaged head */
export function openRecording(bytes: Uint8Array): Recording {
  const prefix = readPrefix(bytes);
  const end = PREFIX_BYTES + prefix.headLength;
  if (end > bytes.length) throw new RecordingError('it is cut off in its head');
  const head = readHead(decodeName(bytes, PREFIX_BYTES, end));
  const problems: string[] = [];
  const closed = prefix.slots === 0;
  const blocks = closed ? indexed(bytes, prefix, problems) : scanned(bytes, prefix.blocksAt);
  const runs = [...blocks.map((block) => blockRun(bytes, block)), ...slotRuns(bytes, prefix)];
  // A slot that is being written as a block has the same sequence: the slot counts.
  const ofIndex = problems.length;
  const bySequence = new Map(runs.map((run) => [run.sequence, run]));
  const ordered = [...bySequence.values()].sort((a, b) => a.sequence - b.sequence);
  return {
    head,
    closed,
    problems,
    count: ordered.reduce((sum, { count }) => sum + count, 0),
    events() {
      problems.length = ofIndex;
      return eventsOf(head, ordered, problems);
    },
    parts() {
      problems.length = ofIndex;
      return partsOf(ordered, problems);
    },
  };
}

/** The blocks of a closed recording by its index; a damaged index is replaced by a scan. */
function indexed(bytes: Uint8Array, prefix: Prefix, problems: string[]): Block[] {
  const blocks: Block[] = [];
  for (let i = 0; i < prefix.indexed; i++) {
    const block = readEntry(bytes, prefix.indexAt + i * ENTRY_BYTES);
    if (block === null) {
      problems.push('its index is damaged');
      return scanned(bytes, prefix.blocksAt);
    }
    blocks.push(block);
  }
  return blocks;
}

/** Scans blocks up to the last whole one. */
function scanned(bytes: Uint8Array, start: number): Block[] {
  const blocks: Block[] = [];
  for (let at = start; ; ) {
    const block = readEntry(bytes, at);
    if (block === null) return blocks;
    const contents = at + ENTRY_BYTES;
    if (contents + block.stored > bytes.length) return blocks;
    blocks.push({ ...block, at: contents });
    at = contents + block.stored;
  }
}

const blockRun = (bytes: Uint8Array, block: Block): Run => ({
  name: `block ${block.sequence}`,
  sequence: block.sequence,
  count: block.events,
  checked: true,
  events: () => inflate(bytes.subarray(block.at, block.at + block.stored), block.length),
});

function slotRuns(bytes: Uint8Array, { slots, slotSize, slotsAt }: Prefix): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < slots; i++) {
    const at = slotsAt + i * slotSize;
    const slot = readSlot(bytes, at);
    if (slot === null) break;
    if (slot.sequence === 0 || slot.used === 0) continue;
    const start = at + SLOT_HEAD_BYTES;
    const end = Math.min(start + slot.used, at + slotSize);
    runs.push({
      name: `slot ${i + 1}`,
      sequence: slot.sequence,
      count: slot.events,
      checked: false,
      events: async () => bytes.subarray(start, end),
    });
  }
  return runs;
}

/** @throws the engine's error for bytes that are not deflated */
async function inflate(deflated: Uint8Array, length: number): Promise<Uint8Array> {
  const source = new Blob([deflated.slice()]).stream();
  const reader = source.pipeThrough(new DecompressionStream('deflate')).getReader();
  const whole = new Uint8Array(length);
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (at + value.length > length) {
      await reader.cancel();
      throw new RecordingError('it is longer than it says');
    }
    whole.set(value, at);
    at += value.length;
  }
  return whole.subarray(0, at);
}

async function* partsOf(runs: readonly Run[], problems: string[]): AsyncGenerator<Part> {
  const ahead: Promise<Uint8Array>[] = [];
  let started = 0;
  for (const { name, count, checked } of runs) {
    while (ahead.length < AHEAD && started < runs.length) {
      const bytes = runs[started]!.events();
      // Its error is reported in its turn.
      bytes.catch(() => {});
      ahead.push(bytes);
      started += 1;
    }
    let bytes: Uint8Array;
    try {
      bytes = await ahead.shift()!;
    } catch (error) {
      problems.push(damageOf({ name, count }, error, 0));
      continue;
    }
    yield { name, count, checked, bytes };
  }
}

async function* eventsOf(
  head: Head,
  runs: readonly Run[],
  problems: string[],
): AsyncGenerator<RecordedEvent> {
  const reader = new EventReader(head.tables, head.volumes);
  for await (const part of partsOf(runs, problems)) {
    let read = 0;
    try {
      for (const event of reader.read(part.bytes)) {
        read += 1;
        yield event;
      }
    } catch (error) {
      problems.push(damageOf(part, error, read));
    }
  }
}

/** The description of a damaged part, of which `read` events were read. */
export function damageOf(
  { name, count }: Pick<Part, 'name' | 'count'>,
  error: unknown,
  read: number,
): string {
  const why = error instanceof RecordingError ? error.message : 'its bytes are not those written';
  return `${name} is damaged: ${why}; ${read} of its ${count} events were read`;
}
