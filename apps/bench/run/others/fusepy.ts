/** Implements `--with fusepy`: a typical pass-through in Python on the package fusepy. */
import { join } from 'node:path';
import { packageRoot } from '../../../../runtime/sys/paths.ts';
import { type Implementation, makePassArguments, runToEnd } from './implementation.ts';

/** The pass-through on fusepy. */
const SCRIPT = join(packageRoot, 'apps/bench/engine/others/fusepy/pass.py');
/** Programs to try: the first python3 of PATH, then the system's, for which apt has packages. */
const PYTHON_PROGRAMS = ['python3', '/usr/bin/python3'];
const INSTALL_COMMAND = 'apt install python3-fusepy';

/** Returns a Python that can import fusepy, with both versions; if none can, the reason and the package to install. */
export function findFusepy(): { python: string; version: string } | string {
  const results = PYTHON_PROGRAMS.map((python) => ({
    python,
    ...runToEnd([python, SCRIPT, '--version']),
  }));
  const working = results.find(({ status }) => status === 0);
  if (working === undefined) return describeProblem(results.at(-1)!.lastError);
  return { python: working.python, version: working.output };
}

export const fusepy: Implementation = {
  names: ['fusepy'],
  prepare() {
    const found = findFusepy();
    if (typeof found === 'string') return found;
    const { python, version } = found;
    return {
      versions: { fusepy: version },
      stacks: [
        {
          name: 'fusepy',
          description:
            'A folder passed through in Python, on fusepy (CPython, libfuse 2, by paths) with ' +
            'calls of os.',
          makeCommand: (plan) => ({ commandLine: [python, SCRIPT, ...makePassArguments(plan)] }),
        },
      ],
    };
  },
};

/** Explains why the script does not run. @param complaint Python's error; '' without Python */
function describeProblem(complaint: string): string {
  if (complaint === '') return `there is no Python (${INSTALL_COMMAND})`;
  if (/No module named|cannot import name/.test(complaint))
    return `it is not installed (${INSTALL_COMMAND})`;
  if (complaint.includes('libfuse')) return 'libfuse 2 is not installed (apt install libfuse2)';
  return `it does not run here: ${complaint}`;
}
