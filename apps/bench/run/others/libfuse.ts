/** Implements `--with libfuse`: compiles and runs a minimal server and a pass-through in C. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../runtime/sys/paths.ts';
import { compile } from '../compile.ts';
import {
  type Implementation,
  makePassArguments,
  makeTimeoutArguments,
  runToEnd,
} from './implementation.ts';

/** Makes the path of a server's source. */
const makeSourcePath = (server: LibfuseServer): string =>
  join(packageRoot, 'apps/bench/engine/others/libfuse', `${server}.c`);

/** Sources in apps/bench/engine/others/libfuse: the minimal server, and the pass-through. */
type LibfuseServer = 'floor' | 'pass';

/**
 * Returns why libfuse programs cannot be compiled here, with packages to install; null if they can.
 */
function findLibfuseProblem(): string | null {
  const missing = [
    ...(runToEnd(['cc', '--version']).status === 0 ? [] : ['gcc', 'libc6-dev']),
    ...(runToEnd(['pkg-config', '--exists', 'fuse3']).status === 0
      ? []
      : ['pkg-config', 'libfuse3-dev']),
  ];
  if (missing.length === 0) return null;
  const problem = missing.includes('gcc') ? 'there is no C compiler' : 'libfuse 3 is not installed';
  return `${problem} (apt install ${missing.join(' ')})`;
}

/** Compiles a server unless its program exists; returns null, or the error. */
function compileLibfuse(server: LibfuseServer, program: string): string | null {
  if (existsSync(program)) return null;
  const libraries = runToEnd(['pkg-config', '--cflags', '--libs', 'fuse3']).output.split(/\s+/);
  return compile(makeSourcePath(server), program, libraries);
}

export const libfuse: Implementation = {
  names: ['libfuse-floor', 'libfuse'],
  prepare(scratch) {
    const problem = findLibfuseProblem();
    if (problem !== null) return problem;
    const [floorProgram, passProgram] = [join(scratch, 'floor'), join(scratch, 'pass')];
    const compileError =
      compileLibfuse('floor', floorProgram) ?? compileLibfuse('pass', passProgram);
    if (compileError !== null) return compileError;
    return {
      versions: { libfuse: runToEnd(['pkg-config', '--modversion', 'fuse3']).output },
      stacks: [
        {
          name: 'libfuse-floor',
          description:
            'A server in C on libfuse 3 that says of every name at once that it is absent: ' +
            'the least that a FUSE server takes.',
          makeCommand: ({ mountpoint, timeouts }) => ({
            commandLine: [floorProgram, mountpoint, ...makeTimeoutArguments(timeouts)],
          }),
          findUnfitReason: (workload) =>
            workload === 'miss' ? null : 'all it can say is that a name is absent (workload miss)',
        },
        {
          name: 'libfuse',
          description: 'A folder passed through in C, on libfuse 3 (low-level, one thread).',
          makeCommand: (plan) => ({ commandLine: [passProgram, ...makePassArguments(plan)] }),
        },
      ],
    };
  },
};
