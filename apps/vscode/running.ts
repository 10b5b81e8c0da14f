/** How glossa is started: by what the settings say, from the folder of the workspace. */
import { execFile } from 'node:child_process';
import { isAbsolute, join } from 'node:path';
import { type Findings, NoAnswer, readFindings } from './checking.ts';

/** What starts glossa, and from where. */
export interface Start {
  /** A program, and what comes before the command. */
  readonly command: readonly string[];
  readonly folder: string;
}

/** A program that is named by a path, from the workspace's folder; otherwise as it is found in PATH. */
export function programOf({ command, folder }: Start): string {
  const [program = 'glossa'] = command;
  return program.includes('/') && !isAbsolute(program) ? join(folder, program) : program;
}

/** The arguments of a command of glossa. */
export const argumentsOf = ({ command }: Start, ...args: readonly string[]): string[] => [
  ...command.slice(1),
  ...args,
];

const MEGABYTE = 2 ** 20;

/**
 * What is wrong with a volfile on the disk.
 * @param path absolute
 * @throws {NoAnswer} when glossa cannot be started, or says something else
 */
export function check(start: Start, path: string, signal: AbortSignal): Promise<Findings> {
  return new Promise((resolve, reject) => {
    const program = programOf(start);
    const args = argumentsOf(start, 'check', '--json', path);
    const options = { cwd: start.folder, maxBuffer: 16 * MEGABYTE, signal };
    execFile(program, args, options, (error, out, err) => {
      // A status other than 0 says that there are problems, which are in the JSON.
      if (error !== null && out === '') {
        const why = typeof error.code === 'number' ? err.trim() : error.message;
        reject(new NoAnswer(`${program} check: ${why}`));
        return;
      }
      try {
        resolve(readFindings(out, path));
      } catch (wrong) {
        reject(wrong as Error);
      }
    });
  });
}
