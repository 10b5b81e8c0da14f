/** The xdata of a lookup that asks for a gfid. */
import { Dict } from '../../../runtime/core/dict.ts';
import type { Gfid } from '../../../runtime/core/gfid.ts';
import { GFID_REQ } from '../../../runtime/core/xdata.ts';

/** The xdata of a lookup, with the gfid that the brick gives to a file without one. */
export class GfidRequest extends Dict {
  readonly gfid: Gfid;

  constructor(gfid: Gfid, besides: Dict | null) {
    super();
    this.gfid = gfid;
    if (besides !== null) this.setAll(besides);
    this.setGfid(GFID_REQ, gfid);
  }
}
