import { describe, expect, it } from 'vitest';
import type { PlainVolume } from '../../../runtime/volfile/description.ts';
import { countingVolumes, distinct, folderVolumes } from './stacks.ts';

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

describe('what a stack has', () => {
  it('knows the volumes that count what reaches the storage', () => {
    expect(countingVolumes(cached)).toEqual(['brick']);
    const off = volume('brick', 'debug/io-stats', { 'count-fop-hits': 'off' }, ['storage']);
    expect(countingVolumes([storage, off])).toEqual([]);
  });

  it('knows the volumes with folders', () => {
    expect(folderVolumes(cached)).toEqual(['storage']);
  });

  it('gives each stack a name of its own', () => {
    expect(distinct(['a', 'b', 'a', 'a'])).toEqual(['a', 'b', 'a-2', 'a-3']);
    expect(distinct(['a', 'a', 'a-2'])).toEqual(['a', 'a-3', 'a-2']);
    expect(distinct(['a-2', 'a', 'a', 'a-2'])).toEqual(['a-2', 'a', 'a-3', 'a-2-2']);
  });
});
