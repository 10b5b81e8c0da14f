/**
 * Runs the commands of an example's README. In a `console` block, lines that begin with `$ ` are
 * commands, and the lines below are their output; each block is one shell session.
 */
import { packageRoot } from '../../runtime/sys/paths.ts';
import { quoteWord } from '../../terminal/invocation.ts';
import { Client } from './client.ts';
import { findBrickObstacle } from './gluster.ts';
import { glossaCommand, type Scratch } from './mount.ts';
import { isSkipped } from './obstacle.ts';
import { findPython, findPythonObstacle, pythonPackages } from './python.ts';
import { rustCompiler } from './rust.ts';

export const CONSOLE = /^```console\n(.*?)^```$/gms;

/** Modules of Python whose Debian packages a README names. */
const pythonModules = (text: string): string[] =>
  Object.entries(pythonPackages)
    .filter(([, name]) => text.includes(`\`${name}\``))
    .map(([module]) => module);

/** Whether a README needs a missing GlusterFS, or modules of Python; prints the reason. */
export const needsMore = (name: string, text: string): boolean => {
  const modules = pythonModules(text);
  const obstacle =
    (/`glusterfs-server`/.test(text) && findBrickObstacle()) ||
    (/`rustc`/.test(text) && rustCompiler === '' && 'the Rust compiler is not installed') ||
    (modules.length > 0 && findPythonObstacle(...modules)) ||
    '';
  return isSkipped(`examples/${name}`, obstacle);
};

export { normalize } from './normal-output.ts';

/** The blocks, in order. */
export const findSessions = (text: string): string[] =>
  [...text.matchAll(CONSOLE)].map(([, shown]) => shown!);

/** The commands in a block. */
export const findCommands = (shown: string): string[] =>
  (shown.match(/^\$ .*$/gm) ?? []).map((line) => line.slice(2));

/**
 * Runs commands of a README in one shell, `npx glossa` being the program under test. The folder
 * /tmp/NAME of the text is `folder`.
 */
export async function runTyped(
  name: string,
  readme: string,
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
    [ "$1" = glossa ] || { command npx "$@"; return; }
    shift
    case "$*" in
      *--log-file*) ;;
      mount*) set -- "$@" --log-file '${scratch.path}/mount.log' ;;
    esac
    ${glossaCommand} "$@"
  }`;
  // The interpreter that has Debian's modules.
  const python = `python3() { '${findPython(...pythonModules(readme)) ?? 'python3'}' "$@"; }`;
  const client = new Client(
    scratch.path,
    `exec 2>&1\nexport RUSTC='${rustCompiler}'\n${glossa}\n${python}\ncd ${quoteWord(packageRoot)}\n${steps.join('\n')}`,
  );
  const { out } = await client.outcome;
  return out
    .replace(new RegExp(`^${scratch.path}: line \\d+: `, 'gm'), 'bash: ')
    .replaceAll(folder, `/tmp/${name}`);
}
