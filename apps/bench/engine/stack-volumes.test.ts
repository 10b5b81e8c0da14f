import { describe, expect, it } from 'vitest';
import type { PlainVolume } from '../../../runtime/volfile/description.ts';
import { findCountingVolumes, findFolderVolumes, numberRepeats } from './stack-volumes.ts';

const makeVolume = (
  name: string,
  type: string,
  options: Record<string, string> = {},
  subvolumes: string[] = [],
): PlainVolume => ({ name, type, options: Object.entries(options), subvolumes });

const storage = makeVolume('storage', 'storage/posix', { directory: '/a' });
const brick = makeVolume('brick', 'debug/io-stats', { 'count-fop-hits': 'on' }, ['storage']);
const makeTop = (below: string) => makeVolume('top', 'debug/io-stats', {}, [below]);
const negative = makeVolume('negative', 'features/negative', { timeout: '60' }, ['brick']);
const cached = [storage, brick, negative, makeTop('negative')];

describe('among the volumes of a stack,', () => {
  it('findCountingVolumes finds the io-stats volumes above the storage', () => {
    expect(findCountingVolumes(cached)).toEqual(['brick']);
    const off = makeVolume('brick', 'debug/io-stats', { 'count-fop-hits': 'off' }, ['storage']);
    expect(findCountingVolumes([storage, off])).toEqual([]);
  });

  it('findFolderVolumes finds the volumes with a directory', () => {
    expect(findFolderVolumes(cached)).toEqual(['storage']);
  });

  it('numberRepeats numbers repeated names, and keeps unique ones', () => {
    expect(numberRepeats(['a', 'b', 'a', 'a'])).toEqual(['a', 'b', 'a-2', 'a-3']);
    expect(numberRepeats(['a', 'a', 'a-2'])).toEqual(['a', 'a-3', 'a-2']);
    expect(numberRepeats(['a-2', 'a', 'a', 'a-2'])).toEqual(['a-2', 'a', 'a-3', 'a-2-2']);
  });
});
