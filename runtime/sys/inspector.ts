/**
 * Keeps a signal from opening Node's inspector, through which any user of the machine could run code
 * as this one. SIGUSR1, which operators send for a statedump as to GlusterFS, opens it on a port of
 * the machine until somebody listens for the signal: so programs import this before anything else.
 *
 * Only Node's own start comes before that, some 20 ms. A server is started with an option against it
 * (`noInspector`); in a program that a person starts, what was opened is closed here.
 */

/** A debugger that somebody asked for when starting the program. VS Code opens one by itself. */
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
// A signal from before may have been noted only, and is acted on in a turn of the loop.
setImmediate(closeUnwanted);

const DISABLE = '--disable-sigusr1';
/** An address that no machine has (RFC 5737), so that nothing can be opened there. */
const NOWHERE = '--inspect-port=192.0.2.1:9229';

/** Options for the Node of a process that is started from here: no signal opens its inspector. */
export const noInspector: readonly string[] = isWanted
  ? []
  : [process.allowedNodeEnvironmentFlags.has(DISABLE) ? DISABLE : NOWHERE];
