/** Finds the user's folder for files that outlast a run: logs, statedumps, histories of prompts. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * `$XDG_STATE_HOME/glossa`, or `~/.local/state/glossa`. Source: XDG Base Directory Specification.
 */
export const findStateFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env.XDG_STATE_HOME || join(env.HOME ?? homedir(), '.local/state'), 'glossa');
