/**
 * Opens a recording that the user named, for `glossa trace --read` and tests, and declares the flag
 * with which it is bounded when it is written.
 */

import { optionTypes } from '../runtime/core/option-types.ts';
import { DEFAULT_RECORDING_BYTES } from '../runtime/observe/node/recording-file.ts';
import { openRecording, type Recording } from '../runtime/observe/reader.ts';
import { RecordingError } from '../runtime/observe/recording-bytes.ts';
import { Failure } from '../terminal/exit.ts';
import { sizeFlag } from '../terminal/flags.ts';
import { readNamedFile } from '../terminal/named-file.ts';

/** An opened recording, with the bytes of its file. */
export interface RecordingFile {
  readonly recording: Recording;
  readonly bytes: Uint8Array;
}

/** The flag of commands that write a recording. */
export const recordingSizeFlag = sizeFlag({
  placeholder: 'SIZE',
  help: `the size at which the recording ends (${optionTypes.sizet.print(DEFAULT_RECORDING_BYTES)}); 0: none`,
});

/** Reads and opens a recording. @throws {Failure} if it is unreadable, or no recording */
export async function openRecordingFile(file: string): Promise<RecordingFile> {
  const bytes = await readNamedFile(file, { name: `the recording ${file}` });
  try {
    return { bytes, recording: openRecording(bytes) };
  } catch (error) {
    if (error instanceof RecordingError) throw new Failure(`${file}: ${error.message}`);
    throw error;
  }
}
