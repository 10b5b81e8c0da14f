/** Gfids for lookups: a file without a gfid, made without a brick, gets the one that the lookup proposes. */
import { type Context, newGfid } from './context.ts';
import { Dict } from './dict.ts';
import type { Gfid } from './gfid.ts';
import { GFID_REQ } from './xdata.ts';

class GfidRequest extends Dict {
  readonly gfid: Gfid;

  constructor(gfid: Gfid, besides: Dict | null) {
    super();
    this.gfid = gfid;
    if (besides !== null) this.setAll(besides);
    this.setGfid(GFID_REQ, gfid);
  }
}

export class GfidRequests {
  private readonly context: Context;
  /** A proposed gfid that no file took, kept for the next lookup. */
  private spare: Gfid | null = null;

  constructor(context: Context) {
    this.context = context;
  }

  /** Returns xdata for a lookup, with a proposed gfid. */
  add(besides: Dict | null): Dict {
    const gfid = this.spare ?? newGfid(this.context);
    this.spare = null;
    return new GfidRequest(gfid, besides);
  }

  /** Reuses the proposed gfid unless the file took it. @param found the gfid of the reply, or NULL_GFID */
  answered(xdata: Dict | null, found: Gfid): void {
    if (xdata instanceof GfidRequest && xdata.gfid !== found) this.spare = xdata.gfid;
  }
}
