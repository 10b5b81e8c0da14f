/** The program behind `npm run bench`. */
import { api } from './api/suite.ts';
import { bridges } from './bridges/suite.ts';
import { chunks } from './chunks/suite.ts';
import { cluster } from './cluster.ts';
import { confine } from './confine.ts';
import { files } from './files/suite.ts';
import { mount } from './mount.ts';
import { mounts } from './mounts.ts';
import { smallFiles } from './small-files.ts';
import { speed } from './speed.ts';
import { runSuite } from './suite.ts';
import { tutorial } from './tutorial.ts';

// Node 20 reads these certificates at each process's start, for 80 ms that are not glossa's.
delete process.env.NODE_EXTRA_CA_CERTS;

const suites = {
  ...{ api, bridges, chunks, cluster, confine, files, mount },
  ...{ 'small-files': smallFiles, speed, tutorial },
};
const names = Object.keys(suites);

/** Arguments with a suite's name first. `--only SUITE` names a suite, too. */
function readCommandLine(args: readonly string[]): readonly string[] {
  const index = args.indexOf('--only');
  const name = args[index + 1] ?? '';
  if (index < 0 || args[0]?.startsWith('-') === false || !names.includes(name)) return args;
  return [name, ...args.slice(0, index), ...args.slice(index + 2)];
}

/** Runs the suite that is named first, or the default one; resolves to the exit status. */
async function main(args: readonly string[]): Promise<number> {
  const [first = '', ...rest] = args;
  if (first === '' || first.startsWith('-')) return runSuite(mounts, args, '');
  if (names.includes(first)) return runSuite(suites[first as keyof typeof suites], rest, first);
  console.error(`bench: there is no suite '${first}'; there are ${names.join(', ')}`);
  return 2;
}

void main(readCommandLine(process.argv.slice(2))).then((status) => process.exit(status));
