/**
 * Integers as arguments of calls. Numbers of requests and inodes are different each time, so each
 * would be a Python object made and freed again, by calls into the interpreter that take longer than
 * the rest of passing it. Instead every place of an argument keeps the last object it made: once the
 * call is over and nobody else has it, which its count of references tells, the next number is
 * written into it.
 *
 * The layout is CPython 3.14's on a 32-bit target (object.h, longintrepr.h): reference count, type,
 * tag, then digits of 30 bits. `checkLayout` of `values.ts` proves it when an engine starts.
 */
import type { Ptr } from './capi.ts';
import { INT_DIGIT, SMALL_MAX, type Values } from './values.ts';

/** Up to here, a positive integer has one digit. */
const ONE_DIGIT_MAX = 2 ** 30 - 1;
/** The reference count of an object that nobody has but who made it. */
const OWN = 1;

export class Ints {
  readonly #values: Values;
  readonly #first: number;
  /** By place: the object of this place, 0 for none. */
  readonly #spare: Int32Array;

  /** @param first the first place of `count`, as an index of `memory.i32` */
  constructor(values: Values, first: number, count: number) {
    this.#values = values;
    this.#first = first;
    this.#spare = new Int32Array(count);
  }

  /** An integer for the place `at`; `keeps` says who has to let go of it. */
  make(at: number, value: number): Ptr {
    const isPlain = value > SMALL_MAX && value <= ONE_DIGIT_MAX && (value | 0) === value;
    if (!isPlain) return this.#values.makeInt(value);
    const { memory, api } = this.#values;
    const place = at - this.#first;
    const spare = this.#spare[place]!;
    if (spare !== 0) {
      memory.refresh();
      const { i32 } = memory;
      if (i32[spare >> 2] === OWN) {
        i32[(spare + INT_DIGIT) >> 2] = value;
        return spare;
      }
      api.Py_DecRef(spare);
    }
    const made = this.#values.makeInt(value);
    this.#spare[place] = made;
    return made;
  }

  /** Whether the object at this place needs no letting go: it is shared, or stays here. */
  keeps(at: number, object: Ptr): boolean {
    return object === this.#spare[at - this.#first] || this.#values.isSmall(object);
  }
}
