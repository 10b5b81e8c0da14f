/** Maps the lessons of the course, by the names of their folders, to their checks. */
import { check as stack } from './1-stack/check.ts';
import { check as nothing } from './2-nothing/check.ts';
import { check as fop } from './3-fop/check.ts';
import { check as callback } from './4-callback/check.ts';
import { check as local } from './5-local/check.ts';
import { check as options } from './6-options/check.ts';
import { check as cache } from './7-cache/check.ts';
import { check as wrong } from './8-wrong/check.ts';
import { check as measure } from './9-measure/check.ts';
import { check as storage } from './10-storage/check.ts';
import type { Check } from './check.ts';

/** The check of each lesson; a teacher's own lessons have no check. */
export const checks: Readonly<Record<string, Check>> = {
  '1-stack': stack,
  '2-nothing': nothing,
  '3-fop': fop,
  '4-callback': callback,
  '5-local': local,
  '6-options': options,
  '7-cache': cache,
  '8-wrong': wrong,
  '9-measure': measure,
  '10-storage': storage,
};
