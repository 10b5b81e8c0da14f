/** Records a request in the main thread while an isolated module handles it in its worker. */

import { Fd } from '../../../runtime/core/fd.ts';
import type { FopRow } from '../../../runtime/core/fops.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import type { Dirent } from '../../../runtime/core/iatt.ts';
import { Inode } from '../../../runtime/core/inode.ts';
import { Loc } from '../../../runtime/core/loc.ts';
import { ReplyWindow, type TypedValues } from '../reply-window.ts';
import type { ExchangedValues } from '../values.ts';

/** A request of the main thread, with the winds that the module has made for it. */
export class PendingCall implements ExchangedValues {
  readonly number: number;
  readonly row: FopRow;
  readonly frame: Frame;
  readonly args: TypedValues;
  readonly replies = new ReplyWindow();
  /** Indexes of pending winds among the request's winds, by the worker's numbers. */
  readonly windIndexes = new Map<number, number>();
  /** The number of winds without a reply of their child. */
  owedReplyCount = 0;
  /** True once its frame was unwound, or the worker is gone. */
  isAnswered = false;
  /** True if it carries inodes that are not linked. */
  hasUnlinkedInodes = false;

  constructor(number: number, row: FopRow, frame: Frame, args: readonly unknown[]) {
    this.number = number;
    this.row = row;
    this.frame = frame;
    this.args = { args: row.args, values: args };
  }

  /** Finds an inode of the request, by its number. */
  findInode(id: number): Inode | undefined {
    const argument = findInodeAmong(this.args.values, id);
    if (argument !== undefined) return argument;
    const { replies } = this;
    for (let wind = replies.firstKeptWind; wind < replies.windCount; wind++) {
      const reply = replies.find(wind);
      const inode = reply && findInodeAmong(reply.values, id);
      if (inode !== undefined) return inode;
    }
    return undefined;
  }
}

function findInodeAmong(values: readonly unknown[], id: number): Inode | undefined {
  for (const value of values) {
    if (value instanceof Inode) {
      if (value.id === id) return value;
    } else if (value instanceof Loc) {
      if (value.inode?.id === id) return value.inode;
      if (value.parent?.id === id) return value.parent;
    } else if (value instanceof Fd) {
      if (value.inode.id === id) return value.inode;
    } else if (Array.isArray(value)) {
      for (const { inode } of value as Partial<Dirent>[]) if (inode?.id === id) return inode;
    }
  }
  return undefined;
}
