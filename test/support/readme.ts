/**
 * Runs the commands of an example's README. In a `console` block, lines that begin with `$ ` are
 * commands, and the lines below are their output; each block is one shell session.
 */
import { packageRoot } from '../../runtime/sys/paths.ts';
import { Client } from './client.ts';
import { findBrickObstacle } from './gluster.ts';
import { GLOSSA, type Scratch } from './mount.ts';
import { isSkipped } from './obstacle.ts';

export const CONSOLE = /^```console\n(.*?)^```$/gms;

/** Whether a README needs a missing GlusterFS; prints the reason. */
export const needsMore = (name: string, text: string): boolean =>
  /`glusterfs-server`/.test(text) && isSkipped(`examples/${name}`, findBrickObstacle());

export { normalize } from './normal-output.ts';

/** The blocks, in order. */
export const findSessions = (text: string): string[] =>
  [...text.matchAll(CONSOLE)].map(([, shown]) => shown!);

/** The commands in a block. */
export const findCommands = (shown: string): string[] =>
  (shown.match(/^\$ .*$/gm) ?? []).map((line) => line.slice(2));

/**
 * Runs them in one shell, `npx glossa` being the program under test. The folder /tmp/NAME of the
 * text is `folder`.
 */
export async function runTyped(
  name: string,
  commands: readonly string[],
  folder: string,
  scratch: Scratch,
): Promise<string> {
  const replaceFolder = (text: string): string => text.replaceAll(`/tmp/${name}`, folder);
  const steps = commands.map((command) => {
    const quoted = `'$ ${command.replaceAll("'", `'\\''`)}'`;
    return `printf '%s\\n' ${quoted}\n${replaceFolder(command)}`;
  });
  // A log of the test's own, where the text names none.
  const glossa = `npx() {
    shift
    case "$*" in
      *--log-file*) ;;
      mount*) set -- "$@" --log-file '${scratch.path}/mount.log' ;;
    esac
    '${process.execPath}' '${GLOSSA}' "$@"
  }`;
  const client = new Client(
    scratch.path,
    `exec 2>&1\n${glossa}\ncd '${packageRoot}'\n${steps.join('\n')}`,
  );
  const { out } = await client.outcome;
  return out
    .replace(new RegExp(`^${scratch.path}: line \\d+: `, 'gm'), 'bash: ')
    .replaceAll(folder, `/tmp/${name}`);
}
