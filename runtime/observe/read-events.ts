/** Events out of bytes, by the tables that their recording brings. */
import { Input, RecordingError } from './bytes.ts';
import { type Caller, KIND, type RecordedEvent, type VolumeSeen, WIND } from './events.ts';
import { type ReadValue, type ValueSeen, valueReaders } from './read-values.ts';
import type { ArgRow, Tables } from './tables.ts';
import { LENGTH_BYTES, lengthAt } from './write-events.ts';

interface Plan {
  readonly name: string;
  readonly args: readonly (readonly [name: string, read: ReadValue])[];
  readonly reply: readonly (readonly [name: string, read: ReadValue])[];
}

type ReadEvent = (input: Input, at: number) => RecordedEvent;

/** Reads the events of one recording. It learns from them which volumes there are. */
export class EventReader {
  private readonly plans = new Map<number, Plan>();
  private readonly volumes: Map<number, string>;
  private readonly kinds: ReadonlyMap<number, ReadEvent>;

  constructor(tables: Tables, volumes: readonly VolumeSeen[]) {
    const readers = valueReaders(tables);
    const plan = (rows: readonly ArgRow[]) =>
      rows.map(([name, type]) => [name, readers[type]] as const);
    for (const { number, name, args, reply } of tables.fops) {
      this.plans.set(number, { name, args: plan(args), reply: plan(reply) });
    }
    this.volumes = new Map(volumes.map(({ id, name }) => [id, name]));
    this.kinds = new Map<number, ReadEvent>([
      [KIND.lost, (input, at) => ({ kind: 'lost', at, why: input.text() })],
      [KIND.wind, (input, at) => this.wind(input, at)],
      [KIND.unwind, (input, at) => this.unwind(input, at)],
      [KIND.notify, (input, at) => this.notify(input, at)],
      [KIND.log, (input, at) => this.log(input, at)],
      [KIND.note, (input, at) => ({ kind: 'note', at, hop: input.uint(), notes: pairs(input) })],
      [KIND.volume, (input, at) => this.laterVolume(input, at)],
    ]);
  }

  /**
   * The events in `bytes`, in the order in which they were written. Kinds that are not known are left
   * out. @throws {RecordingError} at the first that is damaged, after those before it
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
    const read = this.kinds.get(input.byte());
    return read === undefined ? null : read(input, input.uint());
  }

  /** The name of a volume, by its id. */
  volume(id: number): string {
    return this.volumes.get(id) ?? `#${id}`;
  }

  private plan(number: number): Plan {
    const plan = this.plans.get(number);
    if (plan === undefined) throw new RecordingError(`it has a fop ${number}, which nobody knows`);
    return plan;
  }

  private wind(input: Input, at: number): RecordedEvent {
    const [hop, parent, request, volume] = [input.uint(), input.uint(), input.uint(), input.uint()];
    const { name: fop, args } = this.plan(input.uint());
    const flags = input.byte();
    const has = (flag: number): boolean => (flags & flag) !== 0;
    return {
      kind: 'wind',
      at,
      hop,
      parent,
      request,
      volume: this.volume(volume),
      fop,
      tail: has(WIND.TAIL),
      passes: has(WIND.PASSES),
      cookie: input.number(),
      caller: has(WIND.CALLER) ? caller(input) : null,
      args: values(input, args),
      inodeCtx: has(WIND.INODE_CTX) ? input.text() : null,
      fdCtx: has(WIND.FD_CTX) ? input.text() : null,
    };
  }

  private unwind(input: Input, at: number): RecordedEvent {
    const [hop, request, volume] = [input.uint(), input.uint(), input.uint()];
    const { name: fop, reply } = this.plan(input.uint());
    return {
      kind: 'unwind',
      at,
      hop,
      request,
      volume: this.volume(volume),
      fop,
      opRet: input.number(),
      opErrno: input.number(),
      reply: values(input, reply),
    };
  }

  private notify(input: Input, at: number): RecordedEvent {
    const volume = this.volume(input.uint());
    return { kind: 'notify', at, volume, event: input.text(), about: pairs(input) };
  }

  private log(input: Input, at: number): RecordedEvent {
    const volume = this.volume(input.uint());
    const [level, text, file] = [input.byte(), input.text(), input.text()];
    const [line, func] = [input.uint(), input.text()];
    const hop = input.left > 0 ? input.uint() : 0;
    return { kind: 'log', at, volume, level, text, file, line, func, hop };
  }

  private laterVolume(input: Input, at: number): RecordedEvent {
    const [id, name, type] = [input.uint(), input.text(), input.text()];
    this.volumes.set(id, name);
    return { kind: 'volume', at, id, name, type };
  }
}

const values = (input: Input, plan: Plan['args']): Readonly<Record<string, ValueSeen>> =>
  Object.fromEntries(plan.map(([name, read]) => [name, read(input)]));

const caller = (input: Input): Caller => ({
  uid: input.number(),
  gid: input.number(),
  pid: input.number(),
  lkOwner: input.text(),
  client: input.uint(),
});

function pairs(input: Input): Readonly<Record<string, string>> {
  const count = input.uint();
  if (count > input.left) throw new RecordingError('a list in it has no end');
  return Object.fromEntries(Array.from({ length: count }, () => [input.text(), input.text()]));
}
