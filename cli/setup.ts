/** `glossa setup`: installs files for mount(8), systemd, shells and man(1); with --undo, removes them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { packageRoot } from '../runtime/sys/paths.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure } from '../terminal/exit.ts';
import { takeOperands, toggleFlag } from '../terminal/flags.ts';
import { printWarning, type Terminal } from '../terminal/terminal.ts';
import { installFiles, type SetupReporter, uninstallFiles } from './setup/file-installer.ts';
import { makeSystemPlan, makeUserPlan } from './setup/setup-plans.ts';

export default defineCommand({
  usage: ['glossa setup [options]'],
  description:
    'Writes, as root: /sbin/mount.glossa and /sbin/mount.fuse.glossa, by which `mount -t glossa VOLFILE ' +
    'MNT`, the type fuse.glossa of /proc/mounts, and /etc/fstab mount volfiles; the systemd unit glossa@.service; completion for bash, zsh and fish; and the manual pages. Each ' +
    'file is named. Files of other origin are reported and stay unchanged: the exit status is 1 then. ' +
    'It may be run again, and has to be when Node or glossa have moved.',
  flags: {
    undo: toggleFlag({ help: 'take back what it did, and nothing else' }),
    'dry-run': toggleFlag({ help: 'say what would be done, and do nothing' }),
    user: toggleFlag({
      help: 'for this user alone: the unit, completion for bash and fish, and the manual pages',
    }),
  },
  async run({ flags: { undo, user, 'dry-run': dryRun }, operands }, terminal) {
    takeOperands(operands, []);
    if (process.platform !== 'linux') {
      throw new Failure("setup is for Linux; 'glossa setup completion' prints what shells need");
    }
    if (!user && !dryRun && process.getuid?.() !== 0) {
      throw new Failure(
        'only root can set it up for the system (sudo glossa setup); for yourself, ' +
          "'glossa setup --user'",
      );
    }
    if (!undo) refuseNpxCache();
    const plan = (user ? makeUserPlan : makeSystemPlan)();
    const reporter: SetupReporter = {
      isDryRun: dryRun,
      reportStep: (text) => terminal.out(text),
      reportProblem: (text) => printWarning(text, terminal),
    };
    const isDone = undo ? uninstallFiles(plan.recordPath, reporter) : installFiles(plan, reporter);
    if (!dryRun) reloadSystemd(user, terminal);
    if (undo && !user) warnAboutFstab(terminal);
    if (!undo && !dryRun) adviseOnManualPages(plan.manualFolder, terminal);
    return isDone ? EXIT_OK : EXIT_FAILURE;
  },
});

/**
 * Refuses to run from npx's cache, which is temporary: the installed files name the path.
 * @throws {Failure}
 */
function refuseNpxCache(): void {
  if (!packageRoot.includes('/_npx/')) return;
  throw new Failure(
    `${packageRoot} is there for this call only: 'npm install --global glossa' installs it`,
  );
}

/** Makes systemd read its units again. @param isForUser whether the user's systemd reads them, not the system's */
function reloadSystemd(isForUser: boolean, terminal: Terminal): void {
  if (!existsSync('/run/systemd/system')) return;
  const args = [...(isForUser ? ['--user'] : []), 'daemon-reload'];
  terminal.out(`systemctl ${args.join(' ')}`);
  const { status, error } = spawnSync('systemctl', args, { stdio: 'inherit' });
  if (error === undefined && status === 0) return;
  printWarning(`systemd does not know it yet: run 'systemctl ${args.join(' ')}'`, terminal);
}

/** Prints how man(1) finds the pages, if it is there and does not. */
function adviseOnManualPages(folder: string, terminal: Terminal): void {
  const { status, error } = spawnSync('man', ['-w', 'glossa-mount'], { stdio: 'ignore' });
  if (error !== undefined || status === 0) return;
  terminal.out(
    `man does not look in ${folder} yet: put 'export MANPATH=${folder}:' into ~/.profile`,
  );
}

const FSTAB = '/etc/fstab';

/** Warns of each line in /etc/fstab that needs what `--undo` has removed. */
function warnAboutFstab(terminal: Terminal): void {
  if (!existsSync(FSTAB)) return;
  const lines =
    readFileSync(FSTAB, 'utf8').match(/^\s*[^#\s]\S*\s+\S+\s+(?:fuse\.)?glossa\s.*$/gm) ?? [];
  for (const line of lines) printWarning(`${FSTAB} still has the line: ${line.trim()}`, terminal);
}
