import { expect, it } from 'vitest';
import { defaultNotify, defineTranslator } from '../runtime/core/xlator.ts';
import { startGraph } from './browser.ts';
import { nodeMachine } from './machine/node/index.ts';

it('startGraph stops a graph that does not come up in time, and names the volume that is still down', async () => {
  const calls: string[] = [];
  const mute = defineTranslator<null, Record<string, never>>({
    type: 'test/mute',
    description: 'Never notifies that it is up.',
    children: [1, 1],
    options: {},
    fops: {},
    init: () => null,
    notify(xl, event, data) {
      if (event !== 'CHILD_UP') defaultNotify(xl, event, data);
    },
    fini: () => void calls.push('fini'),
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
  expect(calls).toEqual(['fini']);
});
