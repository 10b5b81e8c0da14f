/**
 * Exports features/glupy, which runs an author's module (Python, JavaScript, C, …) as a translator.
 * Volfiles load it by this type. It has all languages, and Node as its machine.
 */
import { makeGlupy } from './host/index.ts';
import { hostedLanguages } from './languages.ts';
import { nodeMachine } from './machine/node/index.ts';

// The third argument starts a volume in a thread of its own; its code is loaded on first use.
export default makeGlupy(hostedLanguages, nodeMachine, async (...volume) => {
  const { VolumeInThread } = await import('./isolation/main/volume.ts');
  return new VolumeInThread(...volume);
});
