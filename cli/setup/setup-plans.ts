/** Lists the files that `glossa setup` installs, for the whole system or for one user. */
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { quoteShellWord } from '../../runtime/core/shell-word.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { Failure } from '../../terminal/exit.ts';
import { scripts } from '../completion/scripts.ts';

/** A file to install. */
export interface SetupFile {
  /** The absolute path. */
  readonly path: string;
  /** The file's purpose, for messages. */
  readonly purpose: string;
  /** The permission bits. */
  readonly mode: number;
  readonly text: string;
}

/** The files that one call of `glossa setup` installs. */
export interface SetupPlan {
  readonly files: readonly SetupFile[];
  /** The path of the record of written files. */
  readonly recordPath: string;
  /** The folder of the manual pages. */
  readonly manualFolder: string;
}

/** Makes the file with the completion script of a shell. */
const makeCompletionFile = (shell: keyof typeof scripts, path: string): SetupFile => ({
  path,
  mode: 0o644,
  purpose: `completion in ${shell}`,
  text: scripts[shell],
});

const MANUAL_FOLDER = join(packageRoot, 'dist/man');

/** Makes the manual pages in a folder of man(1). npm 12 installs no pages. */
const makeManualPages = (folder: string): SetupFile[] =>
  readdirSync(MANUAL_FOLDER)
    .sort()
    .map((name) => ({
      path: join(folder, `man${name.at(-1)}`, name),
      mode: 0o644,
      purpose: `for man ${name.slice(0, -2)}`,
      text: readFileSync(join(MANUAL_FOLDER, name), 'utf8'),
    }));

/** The words of the command that starts this program from any folder. */
const programWords = [process.execPath, join(packageRoot, 'dist/cli/main.cjs')];

/** man(1) looks there, as it looks in `share/man` beside each `bin` of PATH. */
const SYSTEM_MANUAL_FOLDER = '/usr/local/share/man';

/** Makes the plan for all users. */
export const makeSystemPlan = (): SetupPlan => ({
  files: [
    {
      path: '/sbin/mount.glossa',
      purpose: 'mount -t glossa, and lines of that type in /etc/fstab',
      mode: 0o755,
      text: mountHelper,
    },
    // Users copy this type from /proc/mounts to fstab: without the helper, mount(8) would call
    // mount.fuse, which looks for `glossa` in its own PATH.
    {
      path: '/sbin/mount.fuse.glossa',
      purpose: 'mount -t fuse.glossa, as /proc/mounts, findmnt and df call it',
      mode: 0o755,
      text: mountHelper,
    },
    {
      path: '/usr/local/lib/systemd/system/glossa@.service',
      purpose: 'glossa@srv-files mounts /etc/glossa/srv-files.vol on /srv/files',
      mode: 0o644,
      text: formatUnit('multi-user.target'),
    },
    makeCompletionFile('bash', '/usr/local/share/bash-completion/completions/glossa'),
    makeCompletionFile('zsh', '/usr/local/share/zsh/site-functions/_glossa'),
    makeCompletionFile('fish', '/etc/fish/completions/glossa.fish'),
    ...makeManualPages(SYSTEM_MANUAL_FOLDER),
  ],
  recordPath: '/var/lib/glossa/setup.json',
  manualFolder: SYSTEM_MANUAL_FOLDER,
});

/** Returns the user's home directory. @throws {Failure} */
function findHome(): string {
  try {
    return homedir();
  } catch {
    // Without HOME, libuv looks for the user in /etc/passwd.
    throw new Failure('this user has no home directory, where setup --user writes; set HOME');
  }
}

/** Makes the plan for one user. zsh has no folder for a user's completion scripts. */
export function makeUserPlan(): SetupPlan {
  const findFolder = (variable: string, defaultPath: string): string => {
    const setting = process.env[variable];
    return setting !== undefined && isAbsolute(setting) ? setting : join(findHome(), defaultPath);
  };
  const configFolder = findFolder('XDG_CONFIG_HOME', '.config');
  const dataFolder = findFolder('XDG_DATA_HOME', '.local/share');
  const manualFolder = join(dataFolder, 'man');
  return {
    files: [
      {
        path: join(configFolder, 'systemd/user/glossa@.service'),
        purpose: `glossa@home-me-files mounts ${join(configFolder, 'glossa/home-me-files.vol')} on /home/me/files`,
        mode: 0o644,
        text: formatUnit('default.target'),
      },
      makeCompletionFile('bash', join(dataFolder, 'bash-completion/completions/glossa')),
      makeCompletionFile('fish', join(configFolder, 'fish/completions/glossa.fish')),
      ...makeManualPages(manualFolder),
    ],
    recordPath: join(findFolder('XDG_STATE_HOME', '.local/state'), 'glossa/setup.json'),
    manualFolder,
  };
}

/** The note in each installed file except the completion scripts. */
const WRITTEN_NOTE = "Written by 'glossa setup'; 'glossa setup --undo' takes it away.";

const mountHelper = `#!/bin/sh
# mount(8) calls it for the types glossa and fuse.glossa. ${WRITTEN_NOTE}
exec ${programWords.map(quoteShellWord).join(' ')} mount.glossa "$@"
`;

/** Quotes a word of a command in a unit. Source: systemd.service(5), "Command lines". */
const quoteForUnit = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;

/**
 * Formats the systemd unit of a mount. Its instance is the mount point, escaped as by
 * systemd-escape(1); %E is the settings folder, %t the runtime folder. The unit is active once it
 * is mounted. Stopping it detaches the mount, even that of a killed server, so that it can be
 * started again.
 */
function formatUnit(target: string): string {
  const glossa = programWords.map(quoteForUnit).join(' ');
  return `# ${WRITTEN_NOTE}
[Unit]
Description=glossa: %E/glossa/%i.vol on %f
AssertPathExists=%E/glossa/%i.vol

[Service]
Type=forking
RuntimeDirectory=glossa/%i
PIDFile=%t/glossa/%i/pid
ExecStart=${glossa} mount --log-file=- --pid-file=%t/glossa/%i/pid %E/glossa/%i.vol %f
ExecReload=${glossa} reload %f
ExecStop=-${glossa} umount --lazy %f
KillMode=mixed
Restart=on-failure

[Install]
WantedBy=${target}
`;
}
