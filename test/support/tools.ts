/**
 * Programs that tests call and that some systems lack. A test that calls a missing one is skipped,
 * and the file names the program once; with GLOSSA_REQUIRE_ALL=1 the test fails.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { TestRunner } from 'vitest';

/** Programs by their Debian package. */
const packages: Readonly<Record<string, readonly string[]>> = {
  acl: ['getfacl', 'setfacl'],
  chromium: ['chromium'],
  curl: ['curl'],
  e2fsprogs: ['debugfs', 'fsck.ext4', 'mkfs.ext4'],
  fio: ['fio'],
  'firefox-esr': ['firefox-esr'],
  gcc: ['gcc', 'cc', 'ar'],
  git: ['git'],
  'glusterfs-server': ['glusterfsd'],
  jq: ['jq'],
  'libcap2-bin': ['getcap', 'setcap'],
  'libnbd-bin': ['nbdcopy', 'nbdinfo'],
  make: ['make'],
  'man-db': ['man'],
  openssl: ['openssl'],
  procps: ['pgrep', 'pkill', 'ps'],
  python3: ['python3'],
  'qemu-system-common': ['qemu-storage-daemon'],
  sqlite3: ['sqlite3'],
};

const packageOf = new Map(
  Object.entries(packages).flatMap(([name, tools]) => tools.map((tool) => [tool, name])),
);

/** Positions of a command in a shell script: the beginning, separators, and wrapper commands. */
const BEFORE = String.raw`(?:^|[\n;&|({!]|\b(?:do|then|if|exec|while|xargs(?: -\S+)*|setpriv .* --))\s*`;
const CALL = new RegExp(`${BEFORE}(${[...packageOf.keys()].join('|')})(?=\\s|$)`, 'g');

/** The search path, with `attr` last, which has stand-ins for the package's programs. */
export const toolPath = [process.env.PATH ?? '', join(import.meta.dirname, 'attr')].join(delimiter);

const installed = new Map<string, boolean>();

/** Whether there is such a program. */
export function isInstalled(tool: string): boolean {
  const known = installed.get(tool);
  if (known !== undefined) return known;
  const is = toolPath.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      // Not in this folder.
      return false;
    }
  });
  installed.set(tool, is);
  return is;
}

/** Returns the reason why this machine cannot run a shell script, or ''. */
export function findMissing(script: string): string {
  const missing = [...script.matchAll(CALL)]
    .map(([, tool]) => tool!)
    .find((tool) => !isInstalled(tool));
  return missing === undefined ? '' : `${missing} is not installed (${packageOf.get(missing)})`;
}

const reported = new Set<string>();

/** Skips the test that is running when this script of its cannot be run here. */
export function skipWithoutTools(script: string): void {
  skipFor(findMissing(script));
}

/** Skips the running test for this reason, unless it is ''. */
export function skipFor(why: string): void {
  if (why === '' || process.env.GLOSSA_REQUIRE_ALL === '1') return;
  if (!reported.has(why)) process.stderr.write(`skipped: what needs it: ${why}\n`);
  reported.add(why);
  TestRunner.getCurrentTest()?.context.skip(why);
}
