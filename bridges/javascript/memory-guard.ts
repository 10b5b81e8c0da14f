/** Watches an interpreter's memory (`MemoryGuard`): its cycle collector, its reserve, and whether the module keeps it all. */
import { FULL_MEMORY_TEXT, MemoryReserve } from '../host/limits/memory-reserve.ts';
import { countBlocks, findThreshold, lowerThreshold } from './collector.ts';
import { EngineError } from './errors.ts';
import type { Values } from './values.ts';
import type { Instance, Pointer, QuickJS } from './wasm.ts';

/** Bytes below its limit at which a memory that small allocations have filled may not grow. */
const GROWTH_BYTES = 1024 * 1024;

export class MemoryGuard {
  readonly #quickjs: QuickJS;
  readonly #runtime: Pointer;
  readonly #values: Values;
  readonly #reserve: MemoryReserve;
  readonly #thresholdAddress: Pointer;
  readonly #nearlyFullBytes: number;

  /** @param instance with a new runtime */
  constructor(instance: Instance, runtime: Pointer, values: Values, limitBytes: number) {
    const { quickjs } = instance;
    this.#quickjs = quickjs;
    this.#runtime = runtime;
    this.#values = values;
    this.#reserve = new MemoryReserve({ malloc: quickjs._malloc, free: quickjs._free });
    this.#thresholdAddress = findThreshold(instance, runtime);
    this.#nearlyFullBytes = limitBytes - GROWTH_BYTES;
    // So that the exception of a full memory has its lines.
    instance.memory.onGrowthFailed = () => this.#reserve.release();
  }

  /** The number of memory blocks of the interpreter's values. */
  get blockCount(): number {
    return countBlocks(this.#quickjs, this.#runtime, this.#values);
  }

  /** Makes the cycle collector run soon; false if this build of QuickJS hides its threshold. */
  collectSoon(): boolean {
    return lowerThreshold(this.#values.i32, this.#thresholdAddress);
  }

  /** Gives the reserve up, for what follows an exception. */
  releaseReserve(): void {
    this.#reserve.release();
  }

  /**
   * Takes the reserve back at the end of a call; returns the error of an interpreter whose memory is full. The library may
   * have caught the exception, so that a memory that has all its pages is looked at as well.
   */
  check(): EngineError | undefined {
    const isNearlyFull = this.#values.memoryBytes >= this.#nearlyFullBytes;
    if (!this.#reserve.isReleased && !isNearlyFull) return undefined;
    if (this.#tryToTakeReserve()) return undefined;
    this.collectSoon();
    // The count makes an object, before which the collector runs.
    if (this.blockCount > 0 && this.#tryToTakeReserve()) return undefined;
    return new EngineError('memory-limit', FULL_MEMORY_TEXT, true);
  }

  #tryToTakeReserve(): boolean {
    this.#reserve.release();
    const isTaken = this.#reserve.tryToTake();
    this.#values.refresh();
    return isTaken;
  }
}
