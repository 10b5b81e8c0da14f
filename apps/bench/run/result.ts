/** Results of `glossa bench` as files that a command is given. */

import { Failure } from '../../../terminal/exit.ts';
import { readNamedFile } from '../../../terminal/named-file.ts';
import { type Run, RunError, readRun } from '../engine/schema.ts';

/** @throws {Failure} */
export async function readRunFile(path: string): Promise<Run> {
  const content = await readNamedFile(path, { name: path });
  try {
    return readRun(content.toString(), path);
  } catch (error) {
    if (error instanceof RunError) throw new Failure(error.message);
    throw error;
  }
}
