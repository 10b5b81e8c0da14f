/** Results of `glossa bench` as files that a command is given. */
import { readFileSync } from 'node:fs';
import { type Run, RunError, readRun } from '../../bench/schema.ts';
import { Failure } from '../exit.ts';
import { reason } from '../reason.ts';

/** @throws {Failure} */
export function readRunFile(path: string): Run {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${reason(error)}`);
  }
  try {
    return readRun(content, path);
  } catch (error) {
    if (error instanceof RunError) throw new Failure(error.message);
    throw error;
  }
}
