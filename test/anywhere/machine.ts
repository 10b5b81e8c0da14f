/** Runs commands in a copy of the checkout on a machine that differs from this one. */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { OTHER } from '../support/client.ts';
import { type Outcome, run, type Scratch } from '../support/mount.ts';
import { DEMO, type Machine, SUBSET } from './rows.ts';

/** Minutes of `npm ci` and of tests that share two CPUs. */
export const PATIENCE_MS = 900_000;

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Variables by which npm and Node reach the registry from here. */
const REGISTRY = /^(NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy|npm_config_(registry|cafile))$/i;

/** The commands of a row: `npm ci`, where it differs, the demo, and tests. */
function listCommands({ install, tests = [] }: Machine): readonly string[] {
  // One worker: the other tests of this run have the other CPUs.
  const run = 'npx vitest run --project test --maxWorkers 1';
  return [
    ...(install === undefined ? [] : [`npm ci --no-audit --no-fund ${install}`]),
    DEMO,
    [run, ...SUBSET, ...tests].join(' '),
  ];
}

/** Assignments for env(1), and the names of what it removes. */
function listVariables(machine: Machine, row: string, bin: string | undefined): string[] {
  const path = `${bin === undefined ? '' : `${bin}:`}${process.env.PATH}`;
  const passed = Object.entries(process.env).filter(([name]) => REGISTRY.test(name));
  const all = {
    PATH: path,
    HOME: join(row, 'home'),
    TMPDIR: join(row, machine.temporary ?? 'tmp'),
    LANG: 'C.UTF-8',
    npm_config_update_notifier: 'false',
    ...Object.fromEntries(passed),
    ...machine.env,
  };
  return Object.entries(all).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : `${name}=${value}`,
  );
}

/** A device that every user may open, as udev makes it, and a name, by which fusermount3 knows the user. */
const DEVICE_AND_NAME = `mknod -m 666 fuse c 10 229; mount --bind fuse /dev/fuse
mount -o remount,bind,dev /dev/fuse
{ cat /etc/passwd; echo student:x:${OTHER.uid}:${OTHER.gid}::/:/bin/sh; } > passwd; chmod 644 passwd
mount --bind passwd /etc/passwd`;

/** The script of a row, which root runs in a mount namespace of its own. */
function writeScript(machine: Machine, row: string, bin: string | undefined): string {
  const checkout = join(row, 'home', machine.folder ?? 'glossa');
  const built = machine.install === undefined ? '--built ' : '';
  const { uid, gid } = OTHER;
  const user = machine.isUser ? `setpriv --reuid=${uid} --regid=${gid} --clear-groups` : '';
  const variables = listVariables(machine, row, bin).map(quote).join(' ');
  return [
    `cd ${quote(row)}; ROW=$PWD`,
    `mkdir -m 755 home; mkdir -m 1777 ${machine.temporary ?? 'tmp'}`,
    `umask ${machine.umask ?? '022'}`,
    `${quote(join(packageRoot, 'tools/copy-checkout.sh'))} ${built}${quote(checkout)}`,
    // Vitest writes into these files in place, and the link is to those of the checkout.
    `rm -rf ${quote(join(checkout, 'node_modules/.vite'))}`,
    machine.prepare ?? '',
    machine.isUser ? `chown -R ${uid}:${gid} home; ${DEVICE_AND_NAME}` : '',
    `cd ${quote(checkout)}`,
    ...listCommands(machine).map((command) => {
      const start = `env -i ${variables} ${machine.wrapper ?? ''} ${user} sh -c ${quote(command)}`;
      return `echo ${quote(`$ ${command}`)}; ${start}`;
    }),
  ].join('\n');
}

/** Runs the row's commands in turn, to the first that fails. Standard error is part of the output. */
export async function runMachine(
  scratch: Scratch,
  machine: Machine,
  bin: string | undefined,
): Promise<Outcome> {
  // Another user reaches what is below it.
  await chmod(scratch.path, 0o755);
  const script = `exec 2>&1 </dev/null\n${writeScript(machine, scratch.path, bin)}`;
  const namespaces = ['--mount', '--propagation', 'private', '--pid', '--mount-proc'];
  const ended = ['--fork', '--kill-child', 'bash', '-ec', script];
  return run(scratch, 'unshare', [...namespaces, ...ended], { patience: PATIENCE_MS });
}
