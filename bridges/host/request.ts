/** A request inside the host translator: what came, what the children answered, what is owed. */
import type { FopName } from '../../runtime/core/fops.gen.ts';
import type { ArgType, FopRow } from '../../runtime/core/fops.ts';
import type { Frame } from '../../runtime/core/frame.ts';

/** A child's answer to one wind. */
export interface ChildReply {
  readonly row: FopRow;
  readonly opRet: number;
  readonly opErrno: number;
  readonly values: readonly unknown[];
}

export class Request {
  /** The guest's number for it; negative for a request of the translator's own. */
  readonly id: number;
  readonly row: FopRow;
  readonly name: FopName;
  /** The frame to answer; the initiator's own for a request of the translator's own. */
  readonly frame: Frame;
  readonly args: readonly unknown[];
  /** Children's answers by number of wind. */
  readonly replies: ChildReply[] = [];
  /** Answers owed by children. */
  owed = 0;
  answered = false;
  /** The guest was told that it has nothing to do with this any more. */
  abandoned = false;
  /** The host's clock when the request outlived its first call; -1 before. */
  since = -1;

  constructor(id: number, row: FopRow, frame: Frame, args: readonly unknown[]) {
    this.id = id;
    this.row = row;
    this.name = row.name as FopName;
    this.frame = frame;
    this.args = args;
  }

  /** Argument `index` of the fop (wind -1), or of the reply to wind number `wind`. */
  value(wind: number, index: number): unknown {
    return wind === -1 ? this.args[index] : this.replies[wind]?.values[index];
  }

  type(wind: number, index: number): ArgType | undefined {
    const args = wind === -1 ? this.row.args : this.replies[wind]?.row.reply;
    return args?.[index]?.type;
  }
}
