/**
 * Defines the events of a recording: `layouts` has the fields of each in the order of their bytes
 * (docs/write/recording.md), and types, writer and reader follow from it.
 *
 * A *hop* is one arrival of a fop at a volume, from the wind until the unwind, with a unique
 * number. `parent` links the hops of a request, which `walk.ts` makes trees of.
 */
import { fops } from '../core/fops.ts';
import type { Stack } from '../core/frame.ts';
import type { Xlator } from '../core/xlator.ts';
import { Input, type Output, RecordingError } from './bytes.ts';
import {
  type ReadValue,
  type Retention,
  type ValueSeen,
  valueReaders,
  type WriteValue,
  writeValue,
} from './codec.ts';
import type { ArgRow, Tables } from './tables.ts';

/** A volume of the graph in the head of a recording. */
export interface VolumeSeen {
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
  /** Hexadecimal text; empty without one. */
  readonly lkOwner: string;
  /** Serial number of the client; 0 for none. */
  readonly client: number;
}

/** Values by their names in the table of fops. */
export type Values = Readonly<Record<string, ValueSeen>>;
type Texts = Readonly<Record<string, string>>;

/** The writer and the reader of a field. */
interface Field<W, R = W> {
  /** The value for which nothing is written; a bit of the event's flags tells whether there is one. */
  readonly unset?: unknown;
  write(out: Output, value: W, event: { readonly fop?: number }, kept: Retention): void;
  read(input: Input, from: EventReader): R;
}

const uint: Field<number> = {
  write: (out, value) => out.uint(value),
  read: (input) => input.uint(),
};
/** A field that recordings of earlier versions lack. */
const lateUint = { ...uint, read: (input: Input) => (input.left > 0 ? input.uint() : 0) };
const byte: Field<number> = {
  write: (out, value) => out.byte(value),
  read: (input) => input.byte(),
};
const number: Field<number> = {
  write: (out, value) => out.number(value),
  read: (input) => input.number(),
};
const text: Field<string> = {
  write: (out, value) => out.text(value),
  read: (input) => input.text(),
};
/** Written as its id, read as its name. */
const volume: Field<Xlator, string> = {
  write: (out, { id }) => out.uint(id),
  read: (input, from) => from.volume(input.uint()),
};
/** Written as its number, read as its name. */
const fop: Field<number, string> = {
  write: (out, value) => out.uint(value),
  read: (input, from) => from.fop(input.uint()),
};
const texts: Field<Texts> = {
  write(out, value) {
    const pairs = Object.entries(value);
    out.uint(pairs.length);
    for (const pair of pairs) for (const part of pair) out.text(part);
  },
  read(input) {
    const count = input.uint();
    if (count > input.left) throw new RecordingError('a list in it has no end');
    return Object.fromEntries(Array.from({ length: count }, () => [input.text(), input.text()]));
  },
};
const caller: Field<Stack, Caller> = {
  write(out, { uid, gid, pid, lkOwner, client }) {
    out.number(uid);
    out.number(gid);
    out.number(pid);
    out.text(lkOwner);
    out.uint(client?.id ?? 0);
  },
  read: (input) => ({
    uid: input.number(),
    gid: input.number(),
    pid: input.number(),
    lkOwner: input.text(),
    client: input.uint(),
  }),
};

type Part = 'args' | 'reply';

/** The writers of arguments and replies by the fop's number. */
const writers: Readonly<Record<Part, (readonly WriteValue[])[]>> = { args: [], reply: [] };
for (const { number, args, reply } of fops) {
  writers.args[number] = args.map(({ type }) => writeValue[type]);
  writers.reply[number] = reply.map(({ type }) => writeValue[type]);
}

const values = (part: Part): Field<readonly unknown[], Values> => ({
  write(out, given, event, kept) {
    const all = writers[part][event.fop!]!;
    for (let i = 0; i < all.length; i++) {
      // A value that a translator left out is null; a number is then NaN.
      all[i]!(out, given[i] ?? (all[i] === writeValue.int ? Number.NaN : null), kept);
    }
  },
  read: (input, from) => from.values(part, input),
});

/** A bit of the event's flags, without bytes of its own. */
const flag: Field<boolean, boolean> = {
  unset: false,
  write() {},
  read: () => true,
};
const maybe = <W, R>(one: Field<W, R>): Field<W | null, R | null> => ({
  ...(one as Field<W | null, R>),
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
    /** The volume above handed its frame on: the reply bypasses it. */
    tail: flag,
    /** The volume does not define the fop, so it passes it on. */
    passes: flag,
    cookie: number,
    caller: maybe(caller),
    args: values('args'),
    /** The volume's context of the inode and of the fd, in short; null without one. */
    inodeCtx: maybe(text),
    fdCtx: maybe(text),
  },
  unwind: {
    hop: uint,
    request: uint,
    volume,
    fop,
    opRet: number,
    opErrno: number,
    reply: values('reply'),
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
    hop: lateUint,
  },
  /** A bridge's notes about a hop: the module's method, line, local, changed. */
  note: { hop: uint, notes: texts },
  /** A volume that was added after the recording began. */
  volume: { id: uint, name: text, type: text },
};

type Layouts = typeof layouts;
export type EventKind = keyof Layouts;
type Written<K extends EventKind> = {
  readonly [F in keyof Layouts[K]]: Layouts[K][F] extends Field<infer W, unknown> ? W : never;
};
export type EventOf<K extends EventKind> = {
  readonly kind: K;
  /** Nanoseconds since the recording began. */
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
export type OtherEvent = NotifyEvent | LogEvent | LostEvent;
export type RecordedEvent = { [K in EventKind]: EventOf<K> }[EventKind];

export const isOther = (event: RecordedEvent): event is OtherEvent =>
  event.kind === 'notify' || event.kind === 'log' || event.kind === 'lost';

interface Row {
  readonly name: string;
  readonly field: Field<unknown, unknown>;
  /** Its bit in the flags; 0 for a field that is always written. */
  readonly bit: number;
}

interface Layout {
  readonly kind: EventKind;
  readonly number: number;
  readonly rows: readonly Row[];
}

const numbered: readonly Layout[] = Object.entries(layouts).map(([kind, fields], at) => {
  let bit = 1;
  const rows = Object.entries(fields as Readonly<Record<string, Row['field']>>).map(
    ([name, field]): Row => {
      if (field.unset === undefined) return { name, field, bit: 0 };
      const row = { name, field, bit };
      bit *= 2;
      return row;
    },
  );
  return { kind: kind as EventKind, number: at, rows };
});

export const layoutOf = Object.fromEntries(numbered.map((one) => [one.kind, one])) as {
  readonly [K in EventKind]: Layout;
};

/** The size of an event's length, before the event. */
export const LENGTH_BYTES = 4;
/** The offset of an event's time: behind length and kind. */
export const TIME_AT = LENGTH_BYTES + 1;

/** The length of the event at `start`, with its length field. */
export function lengthAt(bytes: Uint8Array, start: number): number {
  let length = 0;
  for (let i = LENGTH_BYTES - 1; i >= 0; i--) length = length * 256 + bytes[start + i]!;
  return LENGTH_BYTES + length;
}

/** Writes an event at once, as its objects may change soon. `at` is in nanoseconds, as in EventOf. */
export function writeEvent<K extends EventKind>(
  out: Output,
  at: number,
  kind: K,
  event: Written<K>,
  kept: Retention,
): void {
  const { number, rows } = layoutOf[kind];
  const held = event as Readonly<Record<string, unknown>>;
  const start = out.at;
  out.at += LENGTH_BYTES;
  out.byte(number);
  out.uint(at);
  for (let i = 0; i < rows.length; i++) {
    const { name, field, bit } = rows[i]!;
    const value = held[name];
    if (bit === 1) out.byte(flagsOf(rows, held));
    if (bit === 0 || value !== field.unset) field.write(out, value, held, kept);
  }
  const length = out.at - start - LENGTH_BYTES;
  for (let i = 0; i < LENGTH_BYTES; i++) out.bytes[start + i] = (length >>> (8 * i)) & 0xff;
}

function flagsOf(rows: readonly Row[], event: Readonly<Record<string, unknown>>): number {
  let flags = 0;
  for (const { name, field, bit } of rows) if (event[name] !== field.unset) flags |= bit;
  return flags;
}

const NOTHING: Retention = { dataMax: 0, hidden: null };

export const writeLost = (out: Output, at: number, why: string): void =>
  writeEvent(out, at, 'lost', { why }, NOTHING);

type Plan = Readonly<Record<Part, readonly (readonly [name: string, read: ReadValue])[]>> & {
  readonly name: string;
};

/** Reads the events of one recording, and learns new volumes from them. */
export class EventReader {
  private readonly plans = new Map<number, Plan>();
  private readonly volumes: Map<number, string>;
  /** The plan of the event that is being read. */
  private plan!: Plan;

  constructor(tables: Tables, volumes: readonly VolumeSeen[]) {
    const readers = valueReaders(tables);
    const plan = (rows: readonly ArgRow[]) =>
      rows.map(([name, type]) => [name, readers[type]] as const);
    for (const { number, name, args, reply } of tables.fops) {
      this.plans.set(number, { name, args: plan(args), reply: plan(reply) });
    }
    this.volumes = new Map(volumes.map(({ id, name }) => [id, name]));
  }

  /**
   * Reads the events in `bytes` in the order of writing, and skips unknown kinds.
   * @throws {RecordingError} at the first damaged event, after the events before it
   */
  *read(bytes: Uint8Array): Generator<RecordedEvent> {
    const all = new Input(bytes);
    while (all.left > 0) {
      const start = all.take(LENGTH_BYTES);
      all.take(lengthAt(bytes, start) - LENGTH_BYTES);
      const event = this.one(new Input(bytes, start + LENGTH_BYTES, all.at));
      if (event !== null) yield event;
    }
  }

  private one(input: Input): RecordedEvent | null {
    const layout = numbered[input.byte()];
    if (layout === undefined) return null;
    const made: Record<string, unknown> = { kind: layout.kind, at: input.uint() };
    let flags = 0;
    for (const { name, field, bit } of layout.rows) {
      if (bit === 1) flags = input.byte();
      made[name] = (flags & bit) === bit ? field.read(input, this) : field.unset;
    }
    const event = made as unknown as RecordedEvent;
    if (event.kind === 'volume') this.volumes.set(event.id, event.name);
    return event;
  }

  /** The name of a volume by its id. */
  volume(id: number): string {
    return this.volumes.get(id) ?? `#${id}`;
  }

  /** The name of a fop, whose values are read next. @throws {RecordingError} */
  fop(number: number): string {
    const plan = this.plans.get(number);
    if (plan === undefined) throw new RecordingError(`it has an unknown fop ${number}`);
    this.plan = plan;
    return plan.name;
  }

  values(part: Part, input: Input): Values {
    return Object.fromEntries(this.plan[part].map(([name, read]) => [name, read(input)]));
  }
}
