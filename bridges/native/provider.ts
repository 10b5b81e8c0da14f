/** What features/native asks of a language whose translators run in the process itself. */
import type { Options } from '../../runtime/core/options.ts';
import type { Translator, Xlator } from '../../runtime/core/xlator.ts';

export interface Provider {
  /** Of the files it loads, with their dots. */
  readonly extensions: readonly string[];
  /** Looks at a file without running any of it. @throws {InitError} for what cannot be loaded */
  check(path: string): void;
  /**
   * Makes a translator of a file: checked, and nothing of it run beyond what loading takes. The
   * record is this volume's alone; everything that holds the file goes with its `fini`. With it come
   * the files that it was made of.
   * @throws {InitError | GraphError} which name the file, and the line where there is one
   */
  load(path: string, xl: Xlator<unknown>, settings: NativeSettings): Promise<LoadedRecord>;
}

export interface LoadedRecord {
  readonly record: Translator<unknown>;
  readonly files: readonly string[];
}

export interface NativeSettings {
  /** The options of features/native itself, which no file may take. */
  readonly own: Options;
  /** The library that calls C functions. */
  readonly ffi: 'koffi' | 'ffi-rs';
}
