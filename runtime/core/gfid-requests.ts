/** Gfids that lookups ask for: a file without one, as it is where it was not made through a brick, gets it then. */
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
  /** It was asked for, and no file has got it: most lookups find nothing, or what has one. */
  private spare: Gfid | null = null;

  constructor(context: Context) {
    this.context = context;
  }

  /** The xdata of a lookup, with a gfid. */
  add(besides: Dict | null): Dict {
    const gfid = this.spare ?? newGfid(this.context);
    this.spare = null;
    return new GfidRequest(gfid, besides);
  }

  /** @param found the gfid of what a lookup with this xdata has found; NULL_GFID for nothing */
  answered(xdata: Dict | null, found: Gfid): void {
    if (xdata instanceof GfidRequest && xdata.gfid !== found) this.spare = xdata.gfid;
  }
}
