/** The files of `glossa setup`, for the whole system or for one user: a row each. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { scripts } from '../completion/scripts.ts';

export interface SetupFile {
  /** Absolute. */
  readonly path: string;
  /** What it is good for. */
  readonly purpose: string;
  readonly mode: number;
  readonly text: string;
}

export interface SetupPlan {
  readonly files: readonly SetupFile[];
  /** Where it is kept what was written. */
  readonly record: string;
}

const completion = (shell: keyof typeof scripts, path: string): SetupFile => ({
  ...{ path, mode: 0o644, purpose: `completion in ${shell}`, text: scripts[shell] },
});

/** How this program is started, wherever from. */
const program = [process.execPath, join(packageRoot, 'dist/cli/main.js')];

/** For everybody, in the folders of what is no package of the system's. */
export const systemPlan = (): SetupPlan => ({
  files: [
    {
      path: '/sbin/mount.glossa',
      purpose: 'mount -t glossa, and lines of that type in /etc/fstab',
      mode: 0o755,
      text: mountHelper,
    },
    // The type that /proc/mounts has, from where it gets into fstab: without this, mount(8) would call
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

/** For one user. zsh knows no folder of a user's for this. */
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
 * The instance is the mount point as systemd-escape(1) has it, %E the folder of settings, %t that of
 * what runs. It is up when it is mounted. What stops it detaches the mount at once, also one whose
 * server was killed, so that it can be started again.
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
