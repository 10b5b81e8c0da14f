/**
 * Stores contexts: the values of translators with an inode, an fd or a client, one per instance, by its id.
 * GlusterFS's inode_ctx and fd_ctx.
 */
import type { Xlator } from './xlator.ts';

/** The instances of a graph, by id. Ids of initiators and of ended instances are undefined. */
export type Instances = readonly (Xlator<unknown> | undefined)[];

export class Ctx {
  private ctx: unknown[] | null = null;

  /** The value of `xl`; undefined if `xl` has stored no value. */
  ctxGet(xl: Xlator<unknown>): unknown {
    return this.ctx === null ? undefined : this.ctx[xl.id];
  }

  /** Stores a value. At the end of the object, the graph calls the value's translator. */
  ctxSet(xl: Xlator<unknown>, value: unknown): void {
    this.ctx ??= [];
    this.ctx[xl.id] = value;
  }

  /** Removes and returns the value of `xl`. The graph then does not call its translator at the end. */
  ctxDel(xl: Xlator<unknown>): unknown {
    const value = this.ctxGet(xl);
    if (this.ctx !== null) this.ctx[xl.id] = undefined;
    return value;
  }

  /** Removes all values, and calls `onRemove` for each. */
  protected endCtx(
    xlators: Instances,
    onRemove: (xl: Xlator<unknown>, value: unknown) => void,
  ): void {
    const { ctx } = this;
    this.ctx = null;
    ctx?.forEach((value, id) => {
      const xl = xlators[id];
      if (value !== undefined && xl !== undefined) onRemove(xl, value);
    });
  }
}
