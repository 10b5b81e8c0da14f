/** Starts guests in threads of their own (option isolation). */
import { messages } from '../../runtime/core/messages.ts';
import type { MakeLineStops, StartInThread } from '../host/index.ts';
import { ThreadLineStops } from './line-stops.ts';
import { LINES } from './messages.ts';
import { ThreadGuest } from './thread-guest.ts';

/** Connects debuggers of a volume with its guests. */
export const makeLineStops: MakeLineStops = (onChange) => new ThreadLineStops(onChange);

/** Starts a thread, and the module in it. @throws the error of the module's author */
export const startInThread: StartInThread = async (volume, interpreter, module, settings) => {
  const { xl, machine, lineStops } = volume;
  const { name, path, bytes, source, folders } = module;
  const guest = new ThreadGuest({
    xl,
    machine,
    interpreter,
    lineStops: lineStops as ThreadLineStops,
    memoryLimitBytes: settings.memoryLimitBytes,
    data: {
      language: module.language.name,
      module: { name, path, bytes, source, folders },
      settings,
      childCount: xl.below.length,
      isClockManual: xl.context.soon === undefined,
      timeOrigin: performance.timeOrigin,
    },
    onNotice: (kind, text) =>
      kind === LINES.WARNING
        ? xl.log.warning(text, { msgid: messages.compileCacheUnusable.id })
        : xl.log.debug(text),
    warnForeignWritable: (file) => machine.warnForeignWritable(xl, file),
  });
  try {
    await guest.start();
    return guest;
  } catch (error) {
    guest.close();
    throw error;
  }
};
