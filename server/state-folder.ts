/** Finds the user's folder for files that outlast a run: logs, statedumps, histories of prompts. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Returns `$XDG_STATE_HOME/glossa`, or without that variable `~/.local/state/glossa`. Source: XDG
 * Base Directory Specification.
 */
export const findStateFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env.XDG_STATE_HOME || join(env.HOME ?? homedir(), '.local/state'), 'glossa');
