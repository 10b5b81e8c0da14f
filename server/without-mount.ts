/**
 * Lists for each command that mounts the commands that do most of its work without a mount, for the
 * errors of machines that cannot mount.
 */
import type { MountError, MountErrorCode } from '../runtime/mount/fuse/mount-error.ts';
import { Failure } from '../terminal/exit.ts';
import { findMountProblem } from './mount-probe.ts';

/** Advice about a volfile's files. */
const FILES =
  "'glossa fs' and 'glossa api' reach the files of a volfile, programs do by Volume, and " +
  "'glossa playground' shows translators at work";
/** The advice, by the name of the command that mounts. */
export const advices = {
  mount: FILES,
  run: FILES,
  dev:
    "'glossa test MODULE --watch' runs a module's tests at each save, 'glossa repl MODULE' and " +
    "'glossa learn' run modules",
  trace: "'glossa playground' shows every request at every volume",
  debug: "'glossa playground' shows every request at every volume, and 'glossa repl' calls modules",
  bench: "'glossa bench --in-process' and 'glossa bench call' measure",
  tutorial: "'glossa demo' makes such searches",
} as const;

/** A command that mounts. */
export type MountingCommand = keyof typeof advices;

/** Formats the line that follows the reason why a command cannot mount. */
const formatAdvice = (command: MountingCommand): string =>
  `    without a mount, ${advices[command]}`;

/** Errors that every mount of this user meets, so that another mount point does not help. */
const MACHINE_ERRORS: ReadonlySet<MountErrorCode> = new Set([
  'MOUNT_NO_FUSE',
  'MOUNT_NOT_PERMITTED',
  'MOUNT_NO_FUSERMOUNT',
  'MOUNT_NO_USER_NAME',
  'MOUNT_UNSUPPORTED_PLATFORM',
  'MOUNT_FAILED',
] as const);

/** Makes the failure of a mount; it has the advice if nothing can be mounted on this machine. */
export function makeMountFailure(error: MountError, command: MountingCommand): Failure {
  // `glossa umount` in place of umount(8), because users other than root can run it, too.
  const text = error.message.replace(/'umount (-l )?/, "'glossa umount ");
  return new Failure(MACHINE_ERRORS.has(error.code) ? `${text}\n${formatAdvice(command)}` : text);
}

/** Refuses to go on where nothing can be mounted. @throws {Failure} with the advice */
export async function requireMount(command: MountingCommand, scratch: string): Promise<void> {
  const problem = await findMountProblem(scratch);
  if (problem === null) return;
  throw makeNoMountFailure(problem, command);
}

/** Makes the failure of a command that cannot mount, for this reason. */
export const makeNoMountFailure = (problem: string, command: MountingCommand): Failure =>
  new Failure(`nothing can be mounted here: ${problem}\n${formatAdvice(command)}`);
