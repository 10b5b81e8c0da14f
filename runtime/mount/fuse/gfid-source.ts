/** Fresh gfids for requests that make an inode. */
import type { Context } from '../../core/context.ts';
import { Dict } from '../../core/dict.ts';
import { gfidFromBytes } from '../../core/gfid.ts';
import { GFID_SIZE } from '../../core/limits.ts';
import { GFID_REQ } from '../../core/xdata.ts';

/** Random bytes fetched at once: asking for 16 costs as much as asking for all of these. */
const POOL_SIZE = 256 * GFID_SIZE;

export class GfidSource {
  private readonly context: Context;
  private readonly pool = new Uint8Array(POOL_SIZE);
  private at = POOL_SIZE;

  constructor(context: Context) {
    this.context = context;
  }

  /** New xdata that asks for a gfid nobody has: a uuid of version 4. */
  request(): Dict {
    const { pool } = this;
    if (this.at === POOL_SIZE) {
      this.context.random(pool);
      this.at = 0;
    }
    const { at } = this;
    this.at += GFID_SIZE;
    pool[at + 6] = (pool[at + 6]! & 0x0f) | 0x40;
    pool[at + 8] = (pool[at + 8]! & 0x3f) | 0x80;
    return new Dict().setGfid(GFID_REQ, gfidFromBytes(pool, at));
  }
}
