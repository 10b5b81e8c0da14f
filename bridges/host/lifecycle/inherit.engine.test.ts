/** Handover of a module's state when an exchange of the graph replaces its volume. */
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

/** Exchanges the graph; the top's new option forces a new instance. */
const exchange = ({ graph }: RunningModule, names: string) =>
  graph.exchange(
    graph.xlators.map((xl) => {
      const options = xl.volfileOptions.filter(({ key }) => key !== 'allow-env');
      const more = xl === graph.top ? [{ key: 'allow-env', value: names }] : [];
      const { name, translator, childNames: subvolumes } = xl;
      return { name, translator, options: [...options, ...more], subvolumes };
    }),
    1000,
  );

it("a new graph passes dump_state's result to load_state, and is refused when load_state fails", async () => {
  const run = await startModule({ 'm.js': COUNTS });
  const ask = (): string[] => {
    run.ask('access', run.knownLoc('a'), 0, null);
    return run.takeLines().flatMap((line) => /count \d+$/.exec(line) ?? []);
  };
  expect(ask()).toEqual(['count 1']);
  const before = run.xl;
  expect(await exchange(run, 'HOME')).toMatchObject({ startedNames: ['top'] });
  expect(run.xl).not.toBe(before);
  expect(ask()).toEqual(['count 2']);
  const now = run.xl;
  await expect(exchange(run, 'PATH')).rejects.toThrow("volume 'top' (features/glupy): load_state");
  expect(run.xl).toBe(now);
  expect(ask()).toEqual(['count 3']);
});
