/** Starts glossa as the settings say, in the folder of the workspace. */
import { execFile } from 'node:child_process';
import { isAbsolute, join } from 'node:path';
import { type Findings, NoAnswer, readFindings } from './checking.ts';

/** The command that starts glossa, and its working directory. */
export interface GlossaCommand {
  /** The program and its first arguments. */
  readonly command: readonly string[];
  readonly folder: string;
}

/** Resolves a program with a path from the workspace's folder; a plain name is found in PATH. */
export function programOf({ command, folder }: GlossaCommand): string {
  const [program = 'glossa'] = command;
  return program.includes('/') && !isAbsolute(program) ? join(folder, program) : program;
}

/** The arguments of a command of glossa. */
export const argumentsOf = ({ command }: GlossaCommand, ...args: readonly string[]): string[] => [
  ...command.slice(1),
  ...args,
];

const MEGABYTE = 2 ** 20;

/**
 * Checks a volfile on the disk.
 * @param path absolute
 * @throws {NoAnswer} when glossa cannot be started, or gives no usable output
 */
export function check(start: GlossaCommand, path: string, signal: AbortSignal): Promise<Findings> {
  return new Promise((resolve, reject) => {
    const program = programOf(start);
    const args = argumentsOf(start, 'check', '--json', path);
    const options = { cwd: start.folder, maxBuffer: 16 * MEGABYTE, signal };
    execFile(program, args, options, (error, out, err) => {
      // A status other than 0 means problems, which the JSON has.
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
