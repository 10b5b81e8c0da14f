/**
 * Stores contexts (GlusterFS's inode_ctx and fd_ctx): each instance of a translator may keep one value with an
 * inode, an fd or a client. Values are stored by the instance's id.
 */
import type { Xlator } from './xlator.ts';

/** The instances of a graph, by id. Ids of initiators and of ended instances are undefined. */
export type Instances = readonly (Xlator<unknown> | undefined)[];

/** Base class of objects with contexts: `Inode`, `Fd`, `Client`. */
export class Ctx {
  private ctx: unknown[] | null = null;

  /** Returns the value that `xl` has stored; undefined without one. */
  ctxGet(xl: Xlator<unknown>): unknown {
    return this.ctx === null ? undefined : this.ctx[xl.id];
  }

  /** Stores a value. When the object ends, the translator is called with it: `forget`, `release`, … */
  ctxSet(xl: Xlator<unknown>, value: unknown): void {
    this.ctx ??= [];
    this.ctx[xl.id] = value;
  }

  /** Removes and returns the value of `xl`, whose translator is then not called when the object ends. */
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
