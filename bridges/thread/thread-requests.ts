/**
 * Carries out what a guest's thread asks of the host: the commands of a call that has ended, and
 * queries, for which the thread waits. The thread is untrusted: numbers and names are checked.
 */
import type { LogSource } from '../../runtime/core/log.ts';
import type { Xlator } from '../../runtime/core/xlator.ts';
import type { HostApi } from '../host/crossing/host-api.ts';
import type { Interpreter } from '../host/lifecycle/interpreter.ts';
import { ChildConnections } from '../host/requests/child-connections.ts';
import { explainMessage } from '../host/requests/guest-messages.ts';
import { MalformedMessageError, type MessageReader } from './message-bytes.ts';
import { COMMANDS, type CrossingValue, readOptionalText } from './messages.ts';

/** Returns a value of a request: bytes, or JSON. */
export const fetchValue = (api: HostApi, id: number, wind: number, index: number): CrossingValue =>
  api.fetchBytes(id, wind, index) ?? api.fetchJson(id, wind, index);

/** The functions of the host that take a number, and that a guest in a thread waits for. */
const QUERIES = [
  'readInodeJson',
  'readFdJson',
  'readRequestJson',
  'readClientUid',
  'isAlive',
  'subscribeForget',
  'subscribeRelease',
  'closeFd',
  'isChildUp',
] as const;
export type QueryName = (typeof QUERIES)[number];

/**
 * Finds the answer to a query. @throws {MalformedMessageError}
 * @param warnForeignWritable warns of a file that other users can change; throws under --strict
 */
export function findAnswer(
  from: MessageReader,
  interpreter: Interpreter,
  xl: Xlator<unknown>,
  warnForeignWritable: (path: string) => void,
): CrossingValue {
  const { api } = interpreter;
  const name = from.readText();
  const [a, b, c] = [from.readNumber(), from.readNumber(), from.readNumber()];
  const text = readOptionalText(from) ?? '';
  if (name === 'fetch') return fetchValue(api, a, b, c);
  if (name === 'check') return explainMessage(interpreter, xl, a, text);
  if (name === 'checkUpcall') return describeThrown(() => api.readInvalidation(text));
  if (name === 'warnForeignWritable') return describeThrown(() => warnForeignWritable(text));
  const query = QUERIES.find((known) => known === name);
  if (query === undefined) throw new MalformedMessageError('a query of unknown kind');
  return api[query](a);
}

/** Returns the text of the error that `action` throws. */
function describeThrown(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Carries out the commands of a call; returns false if one was refused.
 * @throws {MalformedMessageError}
 */
export function takeCommands(from: MessageReader, api: HostApi): boolean {
  let areValid = true;
  for (let rest = from.readCount(); rest > 0; rest--) {
    try {
      takeCommand(from, api);
    } catch (error) {
      if (error instanceof MalformedMessageError) throw error;
      // The host has noted the mistake, which the log gets when the call ends.
      areValid = false;
    }
  }
  return areValid;
}

/** @throws {MalformedMessageError | MessageError} */
function takeCommand(from: MessageReader, api: HostApi): void {
  const kind = from.readU8();
  if (kind === COMMANDS.MESSAGE) {
    const [id, message] = [from.readInteger(), from.readText()];
    const arrays = Array.from({ length: from.readCount() }, () => from.readData());
    for (const bytes of arrays) api.putBytes(bytes);
    api.pushMessage(id, message);
  } else if (kind === COMMANDS.INVALIDATE) api.invalidate(from.readText());
  else if (kind === COMMANDS.DECLARE_UP) api.declareUp(from.readU8());
  else if (kind === COMMANDS.SET_TIMER) api.setTimer(Math.max(0, from.readNumber()) || 0);
  else if (kind === COMMANDS.LOST) api.reportLostRequest(from.readInteger());
  else if (kind === COMMANDS.SEND_TO_CHILD) api.sendToChild(from.readNumber(), from.readData());
  else if (kind === COMMANDS.CONNECT_CHILDREN)
    api.connectChildren((...parts) => new ChildConnections(...parts));
  else throw new MalformedMessageError('a command of unknown kind');
}

/** Reads a position in the module; undefined if unknown. */
export function readSource(from: MessageReader): LogSource | undefined {
  const file = readOptionalText(from);
  const [line, func] = [from.readNumber(), from.readText()];
  return file === undefined ? undefined : { file, line, func };
}
