/**
 * features/native for shared objects in C: makes a translator record hosted like a module of any
 * language (bridges/host), so that policies and timeouts are the same.
 */

import type { Options, Values } from '../../runtime/core/options.ts';
import { announceChangedReplies, type Translator, type Xlator } from '../../runtime/core/xlator.ts';
import { logOmittedFops } from '../host/advice/module-remarks.ts';
import { failureOptions, limitsOf, policyOf } from '../host/lifecycle/failure-policy.ts';
import { Host, type Hosted, hosted } from '../host/lifecycle/host.ts';
import { Interpreter } from '../host/lifecycle/interpreter.ts';
import { moduleOptions } from '../host/lifecycle/module-options.ts';
import { checkForeign } from '../machine/node/foreign-files.ts';
import { nodeMachine } from '../machine/node/index.ts';
import { checkFile, openLibrary } from './ffi.ts';
import { NativeGuest } from './guest.ts';
import type { NativeSettings, Provider } from './provider.ts';

/** Options of a volume with a shared object, besides those of features/native. */
export const sharedObjectOptions = failureOptions;

const SAYINGS = ['.needs = GLOSSA_PASSES_THROUGH', '.needs = GLOSSA_REFUSES_OTHERS'] as const;

type OptionValues = Values<typeof sharedObjectOptions>;

/** The state of a volume with a shared object. */
interface Volume extends Hosted<Host> {
  given: OptionValues;
}

export const sharedObject: Provider = {
  extensions: ['.so'],
  check: checkFile,
  async load(path, _xl, settings) {
    return { record: recordOf(path, settings) as unknown as Translator<unknown>, files: [path] };
  },
};

function recordOf(
  path: string,
  { ffi, own }: NativeSettings,
): Translator<Volume, typeof sharedObjectOptions> {
  const host: Options = { ...own, ...sharedObjectOptions };
  const valuesFor = (xl: Xlator<Volume>, { guest }: Interpreter): Record<string, unknown> =>
    moduleOptions(xl, host, guest.description.options, path);

  /** Starts an interpreter with the module. @throws {InitError | GraphError} */
  async function begin(xl: Xlator<Volume>, volume: Volume): Promise<Interpreter> {
    checkForeign(xl, path);
    const library = await openLibrary(path, ffi);
    const interpreter = new Interpreter(xl, volume.host, limitsOf(volume.given), nodeMachine);
    try {
      const guest = new NativeGuest(path, library, interpreter.api);
      interpreter.attach(guest);
      logOmittedFops(xl, guest, path, SAYINGS);
      const below = xl.below.map((child) => [child.name, child.type] as const);
      guest.create(xl.name, below, valuesFor(xl, interpreter));
    } catch (error) {
      interpreter.discard();
      throw error;
    }
    return interpreter;
  }

  return {
    type: 'features/native',
    description: 'A translator in C.',
    children: [0, Number.POSITIVE_INFINITY],
    options: sharedObjectOptions,
    openOptions: true,
    ...hosted,
    async init(xl, given) {
      const host = new Host(xl, policyOf(given), () => begin(xl, volume));
      const volume: Volume = { host, given };
      await host.start();
      return volume;
    },
    reconfigure(xl, given) {
      const volume = xl.priv;
      const { interpreter } = volume.host;
      const policy = policyOf(given);
      const values = JSON.stringify(valuesFor(xl, interpreter));
      volume.given = given;
      volume.host.setPolicy(policy);
      for (const each of volume.host.interpreters) each.setLimits(limitsOf(given));
      interpreter.enterFor(() => interpreter.guest.hook('reconfigure', [values]));
      announceChangedReplies(xl as Xlator);
    },
  };
}
