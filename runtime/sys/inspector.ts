/**
 * Keeps SIGUSR1, the signal for a statedump, from opening Node's inspector, by which any user of the machine could
 * run code as this one. Node opens it unless the program listens for the signal, so programs import this file first.
 * Before that, during some 20 ms of Node's start, a server is protected by an option (`noInspector`); in other
 * programs this file closes an inspector that was opened meanwhile.
 */

/** Whether the user has requested an inspector, by an option or by VS Code. */
const isWanted =
  'VSCODE_INSPECTOR_OPTIONS' in process.env ||
  [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)].some((option) =>
    /^--inspect(-brk|-wait)?(=|$)/.test(option),
  );

process.on('SIGUSR1', () => {});

function closeUnwanted(): void {
  if (isWanted || !process.features.inspector) return;
  const inspector = process.getBuiltinModule('node:inspector');
  if (inspector.url() !== undefined) inspector.close();
}
closeUnwanted();
// Node may handle an earlier signal only in a turn of the event loop.
setImmediate(closeUnwanted);

const DISABLE = '--disable-sigusr1';
/** An address that no machine has (RFC 5737), so that opening the inspector fails. */
const NOWHERE = '--inspect-port=192.0.2.1:9229';

/** Node options for child processes, whose inspector no signal opens. */
export const noInspector: readonly string[] = isWanted
  ? []
  : [process.allowedNodeEnvironmentFlags.has(DISABLE) ? DISABLE : NOWHERE];
