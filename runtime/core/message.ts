/** Defines the messages of log lines, for the tables of `messages.ts` and `gluster-messages.ts`. */

/** A message with an id. */
export interface Message {
  readonly id: number;
  /** The text of the line or a part of it, with `…` for variable parts. */
  readonly text: string;
  /** The event, and what to do about it. */
  readonly meaning: string;
}

/** Makes a row of a table of messages. */
export const define = (id: number, text: string, meaning: string): Message => ({
  id,
  text,
  meaning,
});
