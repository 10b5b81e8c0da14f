/** Lists the files of `glossa setup`, for the whole system or for one user. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { scripts } from '../completion/scripts.ts';

export interface SetupFile {
  /** Absolute. */
  readonly path: string;
  /** Its purpose in messages. */
  readonly purpose: string;
  readonly mode: number;
  readonly text: string;
}

export interface SetupPlan {
  readonly files: readonly SetupFile[];
  /** The path of the record of written files. */
  readonly record: string;
}

const completion = (shell: keyof typeof scripts, path: string): SetupFile => ({
  ...{ path, mode: 0o644, purpose: `completion in ${shell}`, text: scripts[shell] },
});

/** The words that start this program from any folder. */
const program = [process.execPath, join(packageRoot, 'dist/cli/main.js')];

/** The plan for all users, in the folders for local software. */
export const systemPlan = (): SetupPlan => ({
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
      text: unit('multi-user.target'),
    },
    completion('bash', '/usr/local/share/bash-completion/completions/glossa'),
    completion('zsh', '/usr/local/share/zsh/site-functions/_glossa'),
    completion('fish', '/etc/fish/completions/glossa.fish'),
  ],
  record: '/var/lib/glossa/setup.json',
});

/** The plan for one user. zsh has no user folder for completion. */
export function userPlan(): SetupPlan {
  const folder = (variable: string, usual: string): string => {
    const named = process.env[variable];
    return named !== undefined && isAbsolute(named) ? named : join(homedir(), usual);
  };
  const config = folder('XDG_CONFIG_HOME', '.config');
  const data = folder('XDG_DATA_HOME', '.local/share');
  return {
    files: [
      {
        path: join(config, 'systemd/user/glossa@.service'),
        purpose: `glossa@home-me-files mounts ${join(config, 'glossa/home-me-files.vol')} on /home/me/files`,
        mode: 0o644,
        text: unit('default.target'),
      },
      completion('bash', join(data, 'bash-completion/completions/glossa')),
      completion('fish', join(config, 'fish/completions/glossa.fish')),
    ],
    record: join(folder('XDG_STATE_HOME', '.local/state'), 'glossa/setup.json'),
  };
}

const WRITTEN = "Written by 'glossa setup'; 'glossa setup --undo' takes it away.";

const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const mountHelper = `#!/bin/sh
# mount(8) calls it for the types glossa and fuse.glossa. ${WRITTEN}
exec ${program.map(shellQuoted).join(' ')} mount.glossa "$@"
`;

/** A word of a command in a unit. Source: systemd.service(5), "Command lines". */
const unitQuoted = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;

/**
 * The instance is the mount point escaped by systemd-escape(1), %E the settings folder, %t the
 * runtime folder. The unit is up once mounted. Its stop detaches the mount at once, even of a killed server, so
 * that it can start again.
 */
function unit(target: string): string {
  const glossa = program.map(unitQuoted).join(' ');
  return `# ${WRITTEN}
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
