import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { INFO, Log } from '../runtime/core/log.ts';
import { Failure } from '../terminal/exit.ts';
import { FakeTerminal } from '../test/support/cli.ts';
import { Shutdown } from './shutdown.ts';

const lines: string[] = [];
const reopen = vi.fn();
const sink = {
  write: (line: string) => void lines.push(line),
  now: () => 0,
  flush: () => {},
  reopen,
  moveTo() {},
  close() {},
};
const log = new Log(sink, { default: INFO, volumes: new Map() }, 'glossa');
const terminal = new FakeTerminal();

let ending: Shutdown;
let exit: ReturnType<typeof vi.spyOn>;

beforeEach(() => {
  lines.length = 0;
  exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  ending = new Shutdown(log, sink, terminal);
});

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const before = signals.map((signal) => process.listeners(signal));

afterEach(() => {
  ending.close();
  // The end of a process takes the listeners of all others away.
  for (const [i, signal] of signals.entries()) {
    process.removeAllListeners(signal);
    for (const listener of before[i]!) process.on(signal, listener);
  }
  vi.restoreAllMocks();
});

/** Calls what `ending` listens with, not the others. */
function raise(event: string, ...args: unknown[]): void {
  process
    .listeners(event as 'exit')
    .at(-1)!
    .apply(process, args as never);
}

describe('the shutdown of a server', () => {
  it('without a mount exits the process once its output has been read', async () => {
    let read = (): void => {};
    const flush = new Promise<void>((resolve) => {
      read = resolve;
    });
    vi.spyOn(terminal, 'flush').mockReturnValue(flush);
    raise('SIGTERM', 'SIGTERM');
    await new Promise(setImmediate);
    expect(exit).not.toHaveBeenCalled();
    read();
    await vi.waitFor(() => expect(exit).toHaveBeenCalledExactlyOnceWith(143));
    expect(lines.join()).toMatch('0-glossa: ending: received SIGTERM');
  });

  it('with a mount calls the mount’s shutdown function instead of exiting', () => {
    const end = vi.fn();
    ending.defer();
    ending.onRequest(end);
    raise('SIGINT', 'SIGINT');
    expect(end).toHaveBeenCalledTimes(1);
    expect(exit).not.toHaveBeenCalled();
  });

  it('waits for the mount if it was requested during the mounting', () => {
    const end = vi.fn();
    ending.defer();
    ending.request('enough');
    expect(exit).not.toHaveBeenCalled();
    ending.onRequest(end);
    expect(end).toHaveBeenCalledTimes(1);
  });

  it('exits at once at the second signal', () => {
    ending.defer();
    ending.onRequest(() => {});
    raise('SIGINT', 'SIGINT');
    raise('SIGINT', 'SIGINT');
    expect(exit).toHaveBeenCalledExactlyOnceWith(130);
  });

  it('follows an uncaught error, whose stack is in the log', () => {
    raise('uncaughtException', new TypeError('oh'));
    expect(exit).toHaveBeenCalledExactlyOnceWith(1);
    expect(lines[0]).toMatch(/ C \[.*\] 0-glossa: unexpected error: TypeError: oh\n +at /);
    expect(terminal.errText).toBe('glossa: unexpected error: oh (the log tells more)\n');
  });

  it('removes its listeners when it is closed', () => {
    const events = ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException'];
    const count = (): number[] => events.map((event) => process.listenerCount(event));
    const listening = count();
    ending.close();
    expect(count()).toEqual(listening.map((number) => number - 1));
  });
});

describe('SIGHUP', () => {
  it('makes the server reopen its log', () => {
    raise('SIGHUP');
    expect(reopen).toHaveBeenCalledTimes(1);
    expect(lines.join()).toMatch('reopened the log');
  });

  it('leaves the server with its old log when the new one cannot be opened', () => {
    reopen.mockImplementationOnce(() => {
      throw new Failure('cannot write the log /log: Permission denied');
    });
    raise('SIGHUP');
    expect(exit).not.toHaveBeenCalled();
    expect(lines.join()).toMatch(/ E .* cannot write the log \/log: Permission denied/);
  });
});
