/** Opens a recording that the user named: for `glossa trace --read`, `glossa replay` and tests. */

import { openRecording, type Recording } from '../runtime/observe/reader.ts';
import { RecordingError } from '../runtime/observe/recording-bytes.ts';
import { Failure } from '../terminal/exit.ts';
import { readNamedFile } from '../terminal/named-file.ts';

/** An opened recording, with the bytes of its file. */
export interface RecordingFile {
  readonly recording: Recording;
  readonly bytes: Uint8Array;
}

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
