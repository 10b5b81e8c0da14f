/** The program behind `npm run bench`. */
import { aa } from './aa.ts';
import { bridges } from './bridges/suite.ts';
import { mount } from './mount/suite.ts';
import { mounts } from './mounts-suite.ts';
import { runSuite } from './suite.ts';
import { tutorial } from './tutorial/suite.ts';

const [first, ...rest] = process.argv.slice(2);
const run = {
  aa: () => aa(rest),
  bridges: () => runSuite(bridges, rest),
  mount: () => runSuite(mount, rest),
  tutorial: () => runSuite(tutorial, rest),
};
const all = (): Promise<number> => runSuite(mounts, process.argv.slice(2));
process.exit(await (Object.hasOwn(run, first ?? '') ? run[first as keyof typeof run] : all)());
