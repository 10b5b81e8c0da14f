/** Defines features/glupy, as volfiles name it: the host translator with all languages, on Node. */
import { makeGlupy } from './host/index.ts';
import { hostedLanguages } from './languages.ts';
import { nodeMachine } from './machine/node/index.ts';

// The third argument starts a volume in a thread of its own; its code is loaded on first use.
export default makeGlupy(hostedLanguages, nodeMachine, async (...volume) => {
  const { VolumeInThread } = await import('./isolation/main/volume.ts');
  return new VolumeInThread(...volume);
});
