/** Builds glossa's command lines from the settings, and runs `glossa check` in the workspace. */
import { execFile } from 'node:child_process';
import { isAbsolute, join } from 'node:path';
import { type Findings, parseFindings, UnusableOutput } from './check-findings.ts';

/** The command that starts glossa, and its working directory. */
export interface GlossaCommand {
  /** The program and its first arguments. */
  readonly command: readonly string[];
  /** The working directory. */
  readonly folder: string;
}

/** Resolves a program with a path from the workspace's folder; a plain name is found in PATH. */
export function resolveProgram({ command, folder }: GlossaCommand): string {
  const [program = 'glossa'] = command;
  return program.includes('/') && !isAbsolute(program) ? join(folder, program) : program;
}

/** Makes the arguments for a command of glossa; the setting's own come first. */
export const makeArguments = ({ command }: GlossaCommand, ...args: readonly string[]): string[] => [
  ...command.slice(1),
  ...args,
];

/** Maximum size of the output of a check, in bytes. */
const OUTPUT_BYTES_MAX = 16 * 2 ** 20;

/**
 * Checks a volfile on the disk.
 * @param path absolute
 * @throws {UnusableOutput} when glossa cannot be started, or gives no usable output
 */
export function checkVolfile(
  glossa: GlossaCommand,
  path: string,
  signal: AbortSignal,
): Promise<Findings> {
  return new Promise((resolve, reject) => {
    const program = resolveProgram(glossa);
    const args = makeArguments(glossa, 'check', '--json', path);
    const options = { cwd: glossa.folder, maxBuffer: OUTPUT_BYTES_MAX, signal };
    execFile(program, args, options, (error, stdout, stderr) => {
      // A status other than 0 means problems, which the JSON has.
      if (error !== null && stdout === '') {
        const reason = typeof error.code === 'number' ? stderr.trim() : error.message;
        reject(new UnusableOutput(`${program} check: ${reason}`));
        return;
      }
      try {
        resolve(parseFindings(stdout, path));
      } catch (failure) {
        reject(failure as Error);
      }
    });
  });
}
