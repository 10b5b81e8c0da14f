/**
 * Prevents SIGUSR1, the signal for a statedump, from opening Node's inspector: through it, any user of the machine
 * could run code as this one. Node opens the inspector unless the program listens for the signal, so programs import
 * this file first. Until then, for some 20 ms of Node's start, an option protects servers (`listNoInspectorOptions`); in
 * other programs, this file closes an inspector that was opened meanwhile.
 */

/** Whether the user has requested an inspector, by an option or by VS Code. */
const isInspectorWanted =
  'VSCODE_INSPECTOR_OPTIONS' in process.env ||
  [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)].some((option) =>
    /^--inspect(-brk|-wait)?(=|$)/.test(option),
  );

process.on('SIGUSR1', () => {});

/** Closes the inspector if it is open. Node has this function undocumented: to load node:inspector takes 6 ms. */
const { _debugEnd: endInspector } = process as { readonly _debugEnd?: () => void };

/** Closes an inspector that the user has not requested. */
function closeUnwantedInspector(): void {
  if (isInspectorWanted || !process.features.inspector) return;
  if (endInspector !== undefined) {
    endInspector();
    return;
  }
  const inspector = process.getBuiltinModule('node:inspector');
  if (inspector.url() !== undefined) inspector.close();
}
closeUnwantedInspector();
// Node may handle an earlier signal only in a turn of the event loop.
setImmediate(closeUnwantedInspector);

/**
 * An address that no machine has (RFC 5737), so that opening the inspector fails. Node's own option for it,
 * `--disable-sigusr1`, blocks the signal in the whole process, so that no listener receives it.
 */
const UNUSABLE_PORT_OPTION = '--inspect-port=192.0.2.1:9229';

/** Lists options of Node for child processes, so that no signal opens their inspector; none if the user wants one. */
export function listNoInspectorOptions(): readonly string[] {
  return isInspectorWanted || !process.features.inspector ? [] : [UNUSABLE_PORT_OPTION];
}
