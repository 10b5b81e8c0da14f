/** The program behind `npm run bench`. */
import { bridges } from './bridges/suite.ts';
import { mounts } from './mounts-suite.ts';
import { runSuite } from './suite.ts';

const [first, ...rest] = process.argv.slice(2);
const status =
  first === 'bridges'
    ? await runSuite(bridges, rest)
    : await runSuite(mounts, process.argv.slice(2));
process.exit(status);
