/**
 * Defines the events of a recording: `layouts` has the fields of each in the order of their bytes
 * (docs/write/recording.md), and types, writer and reader follow from it.
 *
 * A *hop* is one arrival of a fop at a volume, from the wind until the unwind, with a unique
 * number. `parent` links the hops of a request; `walk.ts` builds trees from it.
 */
import { fops } from '../core/fops.ts';
import type { Stack } from '../core/frame.ts';
import type { Xlator } from '../core/xlator.ts';
import {
  makeValueReaders,
  type ReadValue,
  type RecordedValue,
  type Retention,
  valueWriters,
  type WriteValue,
} from './codec.ts';
import { RecordingError, RecordingReader, type RecordingWriter } from './recording-bytes.ts';
import type { ArgRow, Tables } from './tables.ts';

/** A volume of the graph in the head of a recording. */
export interface RecordedVolume {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
  /** Names of the volumes below. */
  readonly subvolumes: readonly string[];
}

/** The caller of a request, in its first hop. */
export interface Caller {
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  /** The lock owner as hexadecimal text; empty for a request without a lock owner. */
  readonly lkOwner: string;
  /** Serial number of the client; 0 for a request of the mount itself. */
  readonly client: number;
}

/** Values by their names in the table of fops. */
export type Values = Readonly<Record<string, RecordedValue>>;
type Texts = Readonly<Record<string, string>>;

/** The writer and the reader of a field. */
interface Field<W, R = W> {
  /** The value for which nothing is written, and the field's bit in the event's flags is 0; undefined for no value. */
  readonly unset?: unknown;
  write(
    out: RecordingWriter,
    value: W,
    event: { readonly fop?: number },
    retention: Retention,
  ): void;
  read(input: RecordingReader, from: EventReader): R;
}

const uint: Field<number> = {
  write: (out, value) => out.writeUint(value),
  read: (input) => input.readUint(),
};
/** A number at the end of an event, which recordings of earlier versions lack: then 0. */
const optionalUint = {
  ...uint,
  read: (input: RecordingReader) => (input.remainingBytes > 0 ? input.readUint() : 0),
};
const byte: Field<number> = {
  write: (out, value) => out.writeByte(value),
  read: (input) => input.readByte(),
};
const number: Field<number> = {
  write: (out, value) => out.writeNumber(value),
  read: (input) => input.readNumber(),
};
const text: Field<string> = {
  write: (out, value) => out.writeText(value),
  read: (input) => input.readText(),
};
/** A volume: written as its id, read as its name. */
const volume: Field<Xlator, string> = {
  write: (out, { id }) => out.writeUint(id),
  read: (input, from) => from.findVolumeName(input.readUint()),
};
/** A fop: written as its number, read as its name. */
const fop: Field<number, string> = {
  write: (out, value) => out.writeUint(value),
  read: (input, from) => from.selectFop(input.readUint()),
};
/** Texts by their names: their number, then each name and text. */
const texts: Field<Texts> = {
  write(out, value) {
    const pairs = Object.entries(value);
    out.writeUint(pairs.length);
    for (const pair of pairs) for (const part of pair) out.writeText(part);
  },
  read(input) {
    const count = input.readUint();
    if (count > input.remainingBytes)
      throw new RecordingError('a list in it is longer than the rest of the file');
    return Object.fromEntries(
      Array.from({ length: count }, () => [input.readText(), input.readText()]),
    );
  },
};
const caller: Field<Stack, Caller> = {
  write(out, { uid, gid, pid, lkOwner, client }) {
    out.writeNumber(uid);
    out.writeNumber(gid);
    out.writeNumber(pid);
    out.writeText(lkOwner);
    out.writeUint(client?.id ?? 0);
  },
  read: (input) => ({
    uid: input.readNumber(),
    gid: input.readNumber(),
    pid: input.readNumber(),
    lkOwner: input.readText(),
    client: input.readUint(),
  }),
};

/** The values of a hop: arguments at the wind, the reply at the unwind. */
type Part = 'args' | 'reply';

/** The writers of arguments and replies by the fop's number. */
const writers: Readonly<Record<Part, (readonly WriteValue[])[]>> = { args: [], reply: [] };
for (const { number, args, reply } of fops) {
  writers.args[number] = args.map(({ type }) => valueWriters[type]);
  writers.reply[number] = reply.map(({ type }) => valueWriters[type]);
}

/** Makes the field of a fop's arguments or reply, whose types the fop decides. */
const makeValuesField = (part: Part): Field<readonly unknown[], Values> => ({
  write(out, list, event, retention) {
    const partWriters = writers[part][event.fop!]!;
    for (let i = 0; i < partWriters.length; i++) {
      // A translator may omit a value: it is written as null, a number as NaN.
      partWriters[i]!(
        out,
        list[i] ?? (partWriters[i] === valueWriters.int ? Number.NaN : null),
        retention,
      );
    }
  },
  read: (input, from) => from.readValues(part, input),
});

/** A boolean that is a bit of the event's flags, without bytes of its own. */
const flag: Field<boolean, boolean> = {
  unset: false,
  write() {},
  read: () => true,
};
/** Makes a field for which null is written by its bit alone. */
const makeNullable = <W, R>(field: Field<W, R>): Field<W | null, R | null> => ({
  ...(field as Field<W | null, R>),
  unset: null,
});

/** The fields of each kind of event, in the order of the kinds' numbers. */
const layouts = {
  /** Events that could not be recorded. */
  lost: { why: text },
  wind: {
    hop: uint,
    /** The hop above; 0 if that was not recorded. */
    parent: uint,
    /** The serial number of the request in its process. */
    request: uint,
    volume,
    fop,
    /** Whether the volume above passed its own frame on (`tail`): the reply bypasses it. */
    tail: flag,
    /** Whether the volume does not define the fop, and so passes it on. */
    passes: flag,
    cookie: number,
    caller: makeNullable(caller),
    args: makeValuesField('args'),
    /** The volume's context of the inode and of the fd, in short; null if it has set no context. */
    inodeCtx: makeNullable(text),
    fdCtx: makeNullable(text),
  },
  unwind: {
    hop: uint,
    request: uint,
    volume,
    fop,
    opRet: number,
    opErrno: number,
    reply: makeValuesField('reply'),
  },
  /** An event of the graph arrives at a volume. `about`: `volume`, or the fields of an UPCALL. */
  notify: { volume, event: text, about: texts },
  /** A line that a volume wrote to its log. */
  log: {
    volume,
    /** An index of `logLevelNames`. */
    level: byte,
    text,
    file: text,
    line: uint,
    func: text,
    /** The hop during which the line was written; 0 if unknown. */
    hop: optionalUint,
  },
  /** A bridge's notes about a hop: the module's method, line, local, changed. */
  note: { hop: uint, notes: texts },
  /** A volume that was added after the recording began. */
  volume: { id: uint, name: text, type: text },
};

type Layouts = typeof layouts;
/** The name of a kind of event. */
export type EventKind = keyof Layouts;
/** The fields of an event, as they are written. */
type EventInput<K extends EventKind> = {
  readonly [F in keyof Layouts[K]]: Layouts[K][F] extends Field<infer W, unknown> ? W : never;
};
/** An event of a kind, as it is read. */
export type EventOf<K extends EventKind> = {
  readonly kind: K;
  /** The time of the event, in nanoseconds since the recording began. */
  readonly at: number;
} & { readonly [F in keyof Layouts[K]]: Layouts[K][F] extends Field<never, infer R> ? R : never };

export type WindEvent = EventOf<'wind'>;
export type UnwindEvent = EventOf<'unwind'>;
export type NotifyEvent = EventOf<'notify'>;
export type LogEvent = EventOf<'log'>;
export type NoteEvent = EventOf<'note'>;
export type VolumeEvent = EventOf<'volume'>;
export type LostEvent = EventOf<'lost'>;
/** Events outside of requests. */
export type NonRequestEvent = NotifyEvent | LogEvent | LostEvent;
export type RecordedEvent = { [K in EventKind]: EventOf<K> }[EventKind];

/** Whether an event belongs to no request. */
export const isOutsideRequests = (event: RecordedEvent): event is NonRequestEvent =>
  event.kind === 'notify' || event.kind === 'log' || event.kind === 'lost';

/** A field of an event. */
interface FieldLayout {
  readonly name: string;
  readonly field: Field<unknown, unknown>;
  /** The field's bit in the flags; 0 for a field that is always written. */
  readonly bit: number;
}

/** The fields of a kind of event; `number` stands for the kind in the bytes. */
interface Layout {
  readonly kind: EventKind;
  readonly number: number;
  readonly rows: readonly FieldLayout[];
}

const layoutList: readonly Layout[] = Object.entries(layouts).map(([kind, fields], index) => {
  let bit = 1;
  const rows = Object.entries(fields as Readonly<Record<string, FieldLayout['field']>>).map(
    ([name, field]): FieldLayout => {
      if (field.unset === undefined) return { name, field, bit: 0 };
      const row = { name, field, bit };
      bit *= 2;
      return row;
    },
  );
  return { kind: kind as EventKind, number: index, rows };
});

/** The layout of each kind of event. */
export const layoutByKind = Object.fromEntries(
  layoutList.map((layout) => [layout.kind, layout]),
) as {
  readonly [K in EventKind]: Layout;
};

/** Bytes of the length that stands before each event. */
export const LENGTH_BYTES = 4;
/** The offset of the time in an event: after length and kind. */
export const TIME_OFFSET = LENGTH_BYTES + 1;

/** Reads the length of the event at `start`, including the length field. */
export function readLength(bytes: Uint8Array, start: number): number {
  let length = 0;
  for (let i = LENGTH_BYTES - 1; i >= 0; i--) length = length * 256 + bytes[start + i]!;
  return LENGTH_BYTES + length;
}

/** Writes an event. The caller calls it at once, because the objects may change later. @param timeNs as `EventOf.at` */
export function writeEvent<K extends EventKind>(
  out: RecordingWriter,
  timeNs: number,
  kind: K,
  event: EventInput<K>,
  retention: Retention,
): void {
  const { number, rows } = layoutByKind[kind];
  const fields = event as Readonly<Record<string, unknown>>;
  const start = out.at;
  out.at += LENGTH_BYTES;
  out.writeByte(number);
  out.writeUint(timeNs);
  for (let i = 0; i < rows.length; i++) {
    const { name, field, bit } = rows[i]!;
    const value = fields[name];
    // The flags stand before the first field that has a bit in them.
    if (bit === 1) out.writeByte(encodeFlags(rows, fields));
    if (bit === 0 || value !== field.unset) field.write(out, value, fields, retention);
  }
  const length = out.at - start - LENGTH_BYTES;
  for (let i = 0; i < LENGTH_BYTES; i++) out.bytes[start + i] = (length >>> (8 * i)) & 0xff;
}

/** Computes the flags of an event: a bit for each optional field that has a value. */
function encodeFlags(
  rows: readonly FieldLayout[],
  event: Readonly<Record<string, unknown>>,
): number {
  let flags = 0;
  for (const { name, field, bit } of rows) if (event[name] !== field.unset) flags |= bit;
  return flags;
}

/** Retains no data; the event `lost` has no data. */
const NO_DATA: Retention = { dataMax: 0, hidden: null };

/** Writes an event in place of one that could not be recorded. */
export const writeLost = (out: RecordingWriter, timeNs: number, why: string): void =>
  writeEvent(out, timeNs, 'lost', { why }, NO_DATA);

/** A fop's name, and the names and readers of its arguments and of the parts of its reply. */
type FopReaders = Readonly<Record<Part, readonly (readonly [name: string, read: ReadValue])[]>> & {
  readonly name: string;
};

/** Reads the events of one recording. A `volume` event adds a volume's name for the events after it. */
export class EventReader {
  private readonly fopReaders = new Map<number, FopReaders>();
  private readonly volumes: Map<number, string>;
  /** The readers for the fop of the current event. */
  private currentReaders!: FopReaders;

  constructor(tables: Tables, volumes: readonly RecordedVolume[]) {
    const readers = makeValueReaders(tables);
    const makeReaders = (rows: readonly ArgRow[]) =>
      rows.map(([name, type]) => [name, readers[type]] as const);
    for (const { number, name, args, reply } of tables.fops) {
      this.fopReaders.set(number, { name, args: makeReaders(args), reply: makeReaders(reply) });
    }
    this.volumes = new Map(volumes.map(({ id, name }) => [id, name]));
  }

  /**
   * Reads the events in `bytes` in the order of writing, and skips unknown kinds.
   * @throws {RecordingError} at the first damaged event, after the events before it
   */
  *read(bytes: Uint8Array): Generator<RecordedEvent> {
    const input = new RecordingReader(bytes);
    while (input.remainingBytes > 0) {
      const start = input.skip(LENGTH_BYTES);
      input.skip(readLength(bytes, start) - LENGTH_BYTES);
      const event = this.readEvent(new RecordingReader(bytes, start + LENGTH_BYTES, input.at));
      if (event !== null) yield event;
    }
  }

  /** Reads one event; null for an unknown kind. */
  private readEvent(input: RecordingReader): RecordedEvent | null {
    const layout = layoutList[input.readByte()];
    if (layout === undefined) return null;
    const fields: Record<string, unknown> = { kind: layout.kind, at: input.readUint() };
    let flags = 0;
    for (const { name, field, bit } of layout.rows) {
      if (bit === 1) flags = input.readByte();
      fields[name] = (flags & bit) === bit ? field.read(input, this) : field.unset;
    }
    const event = fields as unknown as RecordedEvent;
    if (event.kind === 'volume') this.volumes.set(event.id, event.name);
    return event;
  }

  /** Finds the name of a volume by its id; `#ID` for an unknown id. */
  findVolumeName(id: number): string {
    return this.volumes.get(id) ?? `#${id}`;
  }

  /** Selects the fop whose values are read next, and returns its name. @throws {RecordingError} */
  selectFop(number: number): string {
    const fopReaders = this.fopReaders.get(number);
    if (fopReaders === undefined) throw new RecordingError(`it has an unknown fop ${number}`);
    this.currentReaders = fopReaders;
    return fopReaders.name;
  }

  /** Reads the arguments or the reply of the fop that `selectFop` has selected. */
  readValues(part: Part, input: RecordingReader): Values {
    return Object.fromEntries(this.currentReaders[part].map(([name, read]) => [name, read(input)]));
  }
}
