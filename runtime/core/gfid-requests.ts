/**
 * Adds a proposed gfid (`gfid-req`) to lookups. A brick assigns it to a file that has no gfid because it was created
 * in the brick's directory, without GlusterFS.
 */
import { type Context, newGfid } from './context.ts';
import { Dict } from './dict.ts';
import type { Gfid } from './gfid.ts';
import { GFID_REQ } from './xdata.ts';

/** The xdata of a lookup with a proposed gfid; its class lets `noteReply` recognize it. */
class GfidRequest extends Dict {
  readonly gfid: Gfid;

  constructor(gfid: Gfid, xdata: Dict | null) {
    super();
    this.gfid = gfid;
    if (xdata !== null) this.setAll(xdata);
    this.setGfid(GFID_REQ, gfid);
  }
}

/** Makes the requests of one translator or mount, and reuses gfids that no file took. */
export class GfidRequests {
  private readonly context: Context;
  /** A proposed gfid that no file took, kept for the next lookup. */
  private spareGfid: Gfid | null = null;

  constructor(context: Context) {
    this.context = context;
  }

  /** Returns xdata for a lookup, with a proposed gfid. */
  makeXdata(xdata: Dict | null): Dict {
    const gfid = this.spareGfid ?? newGfid(this.context);
    this.spareGfid = null;
    return new GfidRequest(gfid, xdata);
  }

  /**
   * Keeps the proposed gfid for the next lookup, unless the file took it. Call it at each reply.
   * @param xdata of the lookup's request, from `makeXdata`
   * @param gfid the gfid of the reply, or NULL_GFID after a failure
   */
  noteReply(xdata: Dict | null, gfid: Gfid): void {
    if (xdata instanceof GfidRequest && xdata.gfid !== gfid) this.spareGfid = xdata.gfid;
  }
}
