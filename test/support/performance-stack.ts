/** All translators of performance/, from the storage up in glusterd's order. */
import type { Translator } from '../../runtime/core/xlator.ts';
import ioCache from '../../runtime/xlators/performance/io-cache/index.ts';
import ioThreads from '../../runtime/xlators/performance/io-threads/index.ts';
import mdCache from '../../runtime/xlators/performance/md-cache/index.ts';
import nlCache from '../../runtime/xlators/performance/nl-cache/index.ts';
import openBehind from '../../runtime/xlators/performance/open-behind/index.ts';
import quickRead from '../../runtime/xlators/performance/quick-read/index.ts';
import readAhead from '../../runtime/xlators/performance/read-ahead/index.ts';
import readdirAhead from '../../runtime/xlators/performance/readdir-ahead/index.ts';
import writeBehind from '../../runtime/xlators/performance/write-behind/index.ts';

export const performanceStack = [
  { translator: writeBehind },
  { translator: readAhead, options: { 'page-size': '4KB' } },
  { translator: readdirAhead },
  { translator: ioCache, options: { 'cache-timeout': '60' } },
  { translator: openBehind },
  { translator: quickRead, options: { 'cache-timeout': '600' } },
  { translator: nlCache, options: { 'nl-cache-timeout': '600' } },
  { translator: mdCache, options: { 'md-cache-timeout': '600', 'cache-invalidation': 'on' } },
  { translator: ioThreads },
] as unknown as { translator: Translator<unknown>; options?: Record<string, string> }[];
