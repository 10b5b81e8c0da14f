/** A recording that was named on the command line. */
import { readFileSync } from 'node:fs';
import { RecordingError } from '../observe/bytes.ts';
import { openRecording, type Recording } from '../observe/reader.ts';
import { Failure } from './exit.ts';
import { reason } from './reason.ts';

export interface RecordingFile {
  readonly recording: Recording;
  readonly bytes: Uint8Array;
}

/** @throws {Failure} when it cannot be read, or is none */
export function openRecordingFile(file: string): RecordingFile {
  try {
    const bytes = readFileSync(file);
    return { bytes, recording: openRecording(bytes) };
  } catch (error) {
    if (error instanceof RecordingError) throw new Failure(`${file}: ${error.message}`);
    throw new Failure(`cannot read the recording ${file}: ${reason(error as Error)}`);
  }
}
