/**
 * Loads shared objects in C as modules of features/native. bridges/host runs them, with the failure
 * policies and limits that modules in other languages have.
 */
import { makeFlagConverters } from '../../runtime/core/machine-flags.ts';
import type { Options, Values } from '../../runtime/core/options.ts';
import { announceChangedReplies, type Translator, type Xlator } from '../../runtime/core/xlator.ts';
import { CompiledGuest } from '../compiled/guest.ts';
import { logFopGaps } from '../host/advice/module-remarks.ts';
import { failureOptions, readLimits, readPolicy } from '../host/lifecycle/failure-policy.ts';
import { Host, type HostState, hostFunctions } from '../host/lifecycle/host.ts';
import { Interpreter } from '../host/lifecycle/interpreter.ts';
import { readModuleOptions } from '../host/lifecycle/module-options.ts';
import { warnForeignWritable } from '../machine/node/foreign-files.ts';
import { nodeMachine } from '../machine/node/index.ts';
import { checkFile, openLibrary } from './ffi.ts';
import type { NativeSettings, Provider } from './provider.ts';

/** Options of a volume with a shared object, besides those of features/native. */
export const sharedObjectOptions = failureOptions;

/** The declarations in a module, each of which silences the warning about fops that it omits. */
const FOP_DECLARATIONS = [
  '.needs = GLOSSA_PASSES_THROUGH',
  '.needs = GLOSSA_REFUSES_OTHERS',
] as const;

type OptionValues = Values<typeof sharedObjectOptions>;

/** The state of a volume with a shared object. */
interface VolumeState extends HostState {
  values: OptionValues;
}

/** Loads shared objects in C. */
export const sharedObjectProvider: Provider = {
  extensions: ['.so'],
  check(path) {
    checkFile(path);
    return null;
  },
  async load(path, _xl, settings) {
    const record = makeTranslator(path, settings) as unknown as Translator<unknown>;
    return { record, files: [path] };
  },
};

/** Makes the translator record of a shared object. */
function makeTranslator(
  path: string,
  { ffi, hostOptions }: NativeSettings,
): Translator<VolumeState, typeof sharedObjectOptions> {
  const allHostOptions: Options = { ...hostOptions, ...sharedObjectOptions };
  /** Reads the values of the module's own options. */
  const readModuleValues = (
    xl: Xlator<VolumeState>,
    { guest }: Interpreter,
  ): Record<string, unknown> =>
    readModuleOptions(xl, allHostOptions, guest.description.options, path);

  /** Starts an interpreter with the module. @throws {InitError | GraphError} */
  async function startInterpreter(
    xl: Xlator<VolumeState>,
    volume: VolumeState,
  ): Promise<Interpreter> {
    warnForeignWritable(xl, path);
    const library = await openLibrary(path, ffi);
    const interpreter = new Interpreter(xl, volume.host, readLimits(volume.values), nodeMachine);
    try {
      const kind = { language: 'c', flags: makeFlagConverters(process.arch) };
      const guest = new CompiledGuest(kind, path, library, interpreter.api);
      interpreter.attach(guest);
      logFopGaps(xl, guest, path, FOP_DECLARATIONS);
      const children = xl.below.map((child) => [child.name, child.type] as const);
      guest.createTranslator(xl.name, children, readModuleValues(xl, interpreter));
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
    ...hostFunctions,
    async init(xl, values) {
      const host = new Host(xl, readPolicy(values), () => startInterpreter(xl, volume));
      const volume: VolumeState = { host, values };
      await host.start();
      return volume;
    },
    reconfigure(xl, values) {
      const volume = xl.priv;
      const { interpreter } = volume.host;
      const policy = readPolicy(values);
      const json = JSON.stringify(readModuleValues(xl, interpreter));
      volume.values = values;
      volume.host.setPolicy(policy);
      for (const running of volume.host.interpreters) running.setLimits(readLimits(values));
      interpreter.enterFor(() => interpreter.guest.callHook('reconfigure', [json]));
      announceChangedReplies(xl as Xlator);
    },
  };
}
