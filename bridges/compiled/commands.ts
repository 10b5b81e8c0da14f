/** The commands for a compiled module: what it is to do in a call. */
import { fops } from '../../runtime/core/fops.ts';

/** Commands for a module: `GLOSSA_DO_*`. `fop` and `reply` have 256 times the fop's number added. */
export const COMMANDS = {
  fop: 0,
  reply: 1,
  describe: 2,
  create: 3,
  fini: 4,
  notify: 5,
  client_disconnect: 6,
  entry_created: 7,
  entry_removed: 8,
  reconfigure: 9,
  load_state: 10,
  statedump: 11,
  dump_state: 12,
  cancel: 13,
  interrupt: 14,
  forget: 15,
  release: 16,
  forget_client: 17,
  timer: 18,
  end: 19,
} as const;

/** Returns whether a command is a request or a reply to one. */
export const isRequestCommand = (command: number): boolean => (command & 255) <= COMMANDS.reply;

/** Returns the name of a command's fop, callback or hook, for the log. */
export function describeCommand(command: number): string {
  const fop = fops.find(({ number }) => number === command >> 8)?.name;
  if (isRequestCommand(command)) return (command & 255) === COMMANDS.fop ? `${fop}` : `${fop}_cbk`;
  if (command === COMMANDS.create) return 'init';
  return Object.entries(COMMANDS).find(([, number]) => number === command)?.[0] ?? '-';
}
