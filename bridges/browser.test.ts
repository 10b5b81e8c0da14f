import { expect, it } from 'vitest';
import { defaultNotify, defineTranslator } from '../runtime/core/xlator.ts';
import { startGraph } from './browser.ts';
import { nodeMachine } from './machine/node/index.ts';

it('a graph that does not come up in time is ended, and the error names the waiting volume', async () => {
  const done: string[] = [];
  const mute = defineTranslator<null, Record<string, never>>({
    type: 'test/mute',
    description: 'Never says that it is up.',
    children: [1, 1],
    options: {},
    fops: {},
    init: () => null,
    notify(xl, event, data) {
      if (event !== 'CHILD_UP') defaultNotify(xl, event, data);
    },
    fini: () => void done.push('fini'),
  });
  const volfile = `volume disk
    type storage/memory
end-volume
volume quiet
    type test/mute
    subvolumes disk
end-volume
`;
  const translators = [mute] as never;
  const settings = { machine: nodeMachine, translators, write: () => {}, upTimeoutMs: 10 };
  await expect(startGraph(volfile, settings)).rejects.toThrow(/'quiet' .*has not come up/);
  expect(done).toEqual(['fini']);
});
