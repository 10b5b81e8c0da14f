/**
 * Values that translators keep with an inode or an fd: one value for each instance, under its id.
 * GlusterFS's inode_ctx and fd_ctx.
 */
import type { Xlator } from './xlator.ts';

/** The instances of a graph, by id. There are gaps: initiators have ids, too, and some are gone. */
export type Instances = readonly (Xlator<unknown> | undefined)[];

export class Ctx {
  private ctx: unknown[] | null = null;

  /** What `xl` keeps here; undefined when nothing. */
  ctxGet(xl: Xlator<unknown>): unknown {
    return this.ctx === null ? undefined : this.ctx[xl.id];
  }

  /** A translator that has set something, and only such a one, is told of the end. */
  ctxSet(xl: Xlator<unknown>, value: unknown): void {
    this.ctx ??= [];
    this.ctx[xl.id] = value;
  }

  /** Takes back what `xl` keeps; it is then not told of the end. */
  ctxDel(xl: Xlator<unknown>): unknown {
    const value = this.ctxGet(xl);
    if (this.ctx !== null) this.ctx[xl.id] = undefined;
    return value;
  }

  /** Takes everything back, telling each translator that keeps something, for the last time. */
  protected endCtx(xlators: Instances, tell: (xl: Xlator<unknown>, value: unknown) => void): void {
    const { ctx } = this;
    this.ctx = null;
    ctx?.forEach((value, id) => {
      const xl = xlators[id];
      if (value !== undefined && xl !== undefined) tell(xl, value);
    });
  }
}
