/**
 * The arguments and replies of fops. Their values lie in numbered slots; the classes of each fop
 * (fop.gen.ts, reply.gen.ts) give them names and types, and have no fields of their own.
 */
import { viewWindow } from './memory';

/** A row of the table of fops. */
export class Row {
  constructor(
    readonly number: i32,
    readonly name: string,
    /** The name of its method. */
    readonly method: string,
    /** The name in statistics and traces. */
    readonly logName: string,
    /** The kind of each argument, as a letter (docs/wasm-abi.md). */
    readonly args: string,
    /** The same of the reply's parts. */
    readonly reply: string,
    /** opRet is how much the first part of the reply holds: it is counted anew. */
    readonly counts: bool,
  ) {
    this.callback = method + 'Cbk';
  }

  /** The name of its callback. */
  readonly callback: string;
}

/** The most values of a fop or reply. */
export const MOST_VALUES = 9;

/** Calls of the host, which end the validity of data. */
let calls: u32 = 0;

export function countCall(): void {
  calls++;
}

/** Values in slots: an integer or an object each. */
export class Values {
  readonly row: Row;
  /** Slots whose object was handed out and can be changed in place, as bits. */
  touched: u32 = 0;
  private readonly call: u32 = calls;
  private i0: i64 = 0;
  private i1: i64 = 0;
  private i2: i64 = 0;
  private i3: i64 = 0;
  private i4: i64 = 0;
  private i5: i64 = 0;
  private i6: i64 = 0;
  private i7: i64 = 0;
  private i8: i64 = 0;
  private o0: Object | null = null;
  private o1: Object | null = null;
  private o2: Object | null = null;
  private o3: Object | null = null;
  private o4: Object | null = null;
  private o5: Object | null = null;
  private o6: Object | null = null;
  private o7: Object | null = null;
  private o8: Object | null = null;

  constructor(row: Row) {
    this.row = row;
  }

  /** The integer in a slot; of data that came, 1 + its length. */
  getInteger(slot: i32): i64 {
    return load<i64>(changetype<usize>(this) + (<usize>slot << 3), offsetof<Values>('i0'));
  }

  setInteger(slot: i32, value: i64): void {
    store<i64>(changetype<usize>(this) + (<usize>slot << 3), value, offsetof<Values>('i0'));
  }

  /** The object in a slot. Lists and data that came are taken by `takeObject` and `takeData`. */
  getObject(slot: i32): Object | null {
    return changetype<Object | null>(
      load<usize>(changetype<usize>(this) + (<usize>slot << 2), offsetof<Values>('o0')),
    );
  }

  setObject(slot: i32, value: Object | null): void {
    store<usize>(
      changetype<usize>(this) + (<usize>slot << 2),
      changetype<usize>(value),
      offsetof<Values>('o0'),
    );
    __link(changetype<usize>(this), changetype<usize>(value), true);
  }

  /** The object in a slot, which the caller may change in place. */
  takeObject(slot: i32): Object | null {
    this.touched |= 1 << slot;
    return this.getObject(slot);
  }

  /** The bytes in a slot, which the caller may change in place. */
  takeData(slot: i32): Uint8Array | null {
    this.touched |= 1 << slot;
    return this.viewData(slot);
  }

  /** The bytes in a slot, which the caller only reads: so they are passed on without a copy. */
  viewData(slot: i32): Uint8Array | null {
    const there = this.getObject(slot);
    if (there !== null) return changetype<Uint8Array>(there);
    const length = <i32>this.getInteger(slot) - 1;
    if (length < 0) return null;
    assert(this.call == calls, 'the data of a request lasts as long as its call: take it there');
    const bytes = viewWindow(length);
    this.setObject(slot, bytes);
    return bytes;
  }

  /** Replaces an integer. */
  putInteger(slot: i32, value: i64): void {
    this.touched |= 1 << slot;
    this.setInteger(slot, value);
  }

  /** Replaces an object. */
  putObject(slot: i32, value: Object | null): void {
    this.touched |= 1 << slot;
    this.setInteger(slot, 0);
    this.setObject(slot, value);
  }

  /** Whether a slot has what came, unchanged. */
  isUntouched(slot: i32): bool {
    return (this.touched & (1 << slot)) == 0;
  }
}

/** The arguments of a fop. */
export class Args extends Values {}

/** The reply to a fop. */
export class Reply extends Values {
  /** Below 0 for a failure. */
  opRet: i64 = 0;
  /** The error of a failure. */
  opErrno: i32 = 0;
}
