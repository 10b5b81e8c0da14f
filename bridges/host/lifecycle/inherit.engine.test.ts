/** A volume that an exchange makes anew goes on with what its module remembers. */
import { expect, it } from 'vitest';
import { type RunningModule, startModule } from '../../../test/support/module.ts';

const COUNTS = `import { Translator, EPERM } from 'glossa';
export class xlator extends Translator {
  count = 0;
  access(frame) {
    this.count += 1;
    this.log.info('count %d', this.count);
    frame.fail(EPERM);
  }
  dumpState() { return { count: this.count }; }
  loadState({ count }) {
    if (count > 1) throw new Error('too much');
    this.count = count;
  }
}
`;

/** The same volumes, the top with an option that cannot change while it runs. */
const exchange = ({ graph }: RunningModule, names: string) =>
  graph.exchange(
    graph.xlators.map((xl) => {
      const options = xl.given.filter(({ key }) => key !== 'allow-env');
      const more = xl === graph.top ? [{ key: 'allow-env', value: names }] : [];
      const { name, translator, childNames: subvolumes } = xl;
      return { name, translator, options: [...options, ...more], subvolumes };
    }),
    1000,
  );

it('hands over what dump_state tells to load_state, and stays when that fails', async () => {
  const run = await startModule({ 'm.js': COUNTS });
  const ask = (): string[] => {
    run.ask('access', run.known('a'), 0, null);
    return run.lines().flatMap((line) => /count \d+$/.exec(line) ?? []);
  };
  expect(ask()).toEqual(['count 1']);
  const before = run.xl;
  expect(await exchange(run, 'HOME')).toMatchObject({ begun: ['top'] });
  expect(run.xl).not.toBe(before);
  expect(ask()).toEqual(['count 2']);
  const now = run.xl;
  await expect(exchange(run, 'PATH')).rejects.toThrow("volume 'top' (features/glupy): load_state");
  expect(run.xl).toBe(now);
  expect(ask()).toEqual(['count 3']);
});
