/** Whether a file is another one, by what its attributes were and are. */
import type { Iatt } from '../../../core/iatt.ts';

export const isOther = (before: Iatt, now: Iatt): boolean =>
  before.iaSize !== now.iaSize ||
  before.iaMtime !== now.iaMtime ||
  before.iaMtimeNsec !== now.iaMtimeNsec;
