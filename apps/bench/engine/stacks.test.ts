import { describe, expect, it } from 'vitest';
import type { PlainVolume } from '../../../runtime/volfile/description.ts';
import { countingVolumes, folderVolumes, numberRepeats } from './stacks.ts';

const volume = (
  name: string,
  type: string,
  options: Record<string, string> = {},
  subvolumes: string[] = [],
): PlainVolume => ({ name, type, options: Object.entries(options), subvolumes });

const storage = volume('storage', 'storage/posix', { directory: '/a' });
const brick = volume('brick', 'debug/io-stats', { 'count-fop-hits': 'on' }, ['storage']);
const top = (below: string) => volume('top', 'debug/io-stats', {}, [below]);
const negative = volume('negative', 'features/negative', { timeout: '60' }, ['brick']);
const cached = [storage, brick, negative, top('negative')];

describe('volumes of a stack', () => {
  it('countingVolumes finds the io-stats volumes above the storage', () => {
    expect(countingVolumes(cached)).toEqual(['brick']);
    const off = volume('brick', 'debug/io-stats', { 'count-fop-hits': 'off' }, ['storage']);
    expect(countingVolumes([storage, off])).toEqual([]);
  });

  it('folderVolumes finds the volumes with a directory', () => {
    expect(folderVolumes(cached)).toEqual(['storage']);
  });

  it('numberRepeats numbers repeated names', () => {
    expect(numberRepeats(['a', 'b', 'a', 'a'])).toEqual(['a', 'b', 'a-2', 'a-3']);
    expect(numberRepeats(['a', 'a', 'a-2'])).toEqual(['a', 'a-3', 'a-2']);
    expect(numberRepeats(['a-2', 'a', 'a', 'a-2'])).toEqual(['a-2', 'a', 'a-3', 'a-2-2']);
  });
});
