/**
 * The listeners of callers' signals. A signal gets one listener for all of them: from the eleventh on, Node warns of a
 * leak, though a program may pass one signal to any number of calls.
 */

export interface AbortListener {
  /** Called when the signal aborts. */
  handleAbort(): void;
}

const listenersBySignal = new WeakMap<AbortSignal, Set<AbortListener>>();

export function addAbortListener(signal: AbortSignal | undefined, listener: AbortListener): void {
  if (signal === undefined) return;
  const listeners = listenersBySignal.get(signal);
  if (listeners !== undefined) {
    listeners.add(listener);
    return;
  }
  listenersBySignal.set(signal, new Set([listener]));
  signal.addEventListener('abort', callListeners);
}

export function removeAbortListener(
  signal: AbortSignal | undefined,
  listener: AbortListener,
): void {
  const listeners = signal && listenersBySignal.get(signal);
  if (listeners === undefined) return;
  listeners.delete(listener);
  if (listeners.size === 0) forget(signal!);
}

function callListeners({ target }: Event): void {
  const signal = target as AbortSignal;
  const listeners = listenersBySignal.get(signal)!;
  forget(signal);
  for (const listener of listeners) listener.handleAbort();
}

function forget(signal: AbortSignal): void {
  listenersBySignal.delete(signal);
  signal.removeEventListener('abort', callListeners);
}
