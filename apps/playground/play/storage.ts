/**
 * What stands before the storage of the playground: the distance to it, in virtual time, and who may
 * do what there. On a mount the kernel sees to permissions; here the storage does, as GlusterFS's
 * servers do (features/access-control), so that a translator meets EACCES among its replies.
 */
import { type FopName, fail } from '../../../runtime/core/gen/fops.gen.ts';
import { collect } from '../../../runtime/core/gen/generic.gen.ts';
import type { Interceptor } from '../../../runtime/core/interceptor.ts';
import type { Fop, Xlator } from '../../../runtime/core/xlator.ts';
import { refusalOf } from './permissions.ts';

type AnyCall = (...args: unknown[]) => void;

/** Before every volume that has none below. */
export class Storage implements Interceptor {
  /** Milliseconds of virtual time, there and back. */
  distanceMs: number;

  constructor(distanceMs: number) {
    this.distanceMs = distanceMs;
  }

  watches(xl: Xlator, _fop: FopName, defines: boolean): boolean {
    return defines && xl.below.length === 0;
  }

  lead<N extends FopName>(name: N, fop: Fop<N, unknown>): Fop<N, unknown> {
    return collect[name]((frame, xl, args) => {
      const arrive = (): void => {
        const errno = refusalOf(name, args, frame.root, xl);
        if (errno === 0) (fop as AnyCall)(frame, xl, ...args);
        else (fail[name] as AnyCall)(frame, errno);
      };
      if (this.distanceMs === 0) arrive();
      else xl.context.after(this.distanceMs, arrive);
    });
  }
}
