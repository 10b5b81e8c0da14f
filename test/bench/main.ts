/** The program behind `npm run bench`. */
import { api } from './api/suite.ts';
import { bridges } from './bridges/suite.ts';
import { chunks } from './chunks/suite.ts';
import { cluster } from './cluster.ts';
import { mount } from './mount.ts';
import { mounts } from './mounts.ts';
import { runSuite } from './suite.ts';
import { tutorial } from './tutorial.ts';

const suites = { api, bridges, chunks, cluster, mount, tutorial };
const names = Object.keys(suites);

const [first = '', ...rest] = process.argv.slice(2);
// Without a name, the default suite runs.
if (first === '' || first.startsWith('-'))
  process.exit(await runSuite(mounts, process.argv.slice(2)));
if (!names.includes(first)) {
  console.error(`bench: there is no suite '${first}'; there are ${names.join(', ')}`);
  process.exit(2);
}
process.exit(await runSuite(suites[first as keyof typeof suites], rest));
