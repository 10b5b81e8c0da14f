import { describe, expect, it } from 'vitest';
import type { PlainVolume } from '../../../runtime/volfile/description.ts';
import {
  countingVolumes,
  differences,
  differenceWarning,
  distinct,
  folderVolumes,
} from './stacks.ts';

const volume = (
  name: string,
  type: string,
  options: Record<string, string> = {},
  subvolumes: string[] = [],
): PlainVolume => ({ name, type, options: Object.entries(options), subvolumes });

const storage = volume('storage', 'storage/posix', { directory: '/a' });
const brick = volume('brick', 'debug/io-stats', { 'count-fop-hits': 'on' }, ['storage']);
const top = (below: string) => volume('top', 'debug/io-stats', {}, [below]);
const plain = [storage, brick, top('brick')];
const negative = volume('negative', 'features/negative', { timeout: '60' }, ['brick']);
const cached = [storage, brick, negative, top('negative')];

describe('differences of stacks', () => {
  it('finds none between a stack and itself, wherever its files are', () => {
    const elsewhere = volume('storage', 'storage/posix', { directory: '/b' });
    expect(differences(plain, [elsewhere, brick, top('brick')])).toEqual([]);
  });

  it('counts a volume that is added or missing once, with the one above it', () => {
    expect(differences(plain, cached)).toEqual(['negative (features/negative) is added']);
    expect(differences(cached, plain)).toEqual(['negative (features/negative) is missing']);
  });

  it('counts another language of a volume once', () => {
    const python = volume('negative', 'features/glupy', { 'module-name': 'negative' }, ['brick']);
    const renamed = { ...python, name: 'python' };
    const type = 'type of negative (features/negative, features/glupy)';
    expect(differences(cached, [storage, brick, python, top('negative')])).toEqual([type]);
    const replaced = ['python in place of negative'];
    expect(differences(cached, [storage, brick, renamed, top('python')])).toEqual(replaced);
  });

  it('counts options and order', () => {
    const longer = volume('negative', 'features/negative', { timeout: '600' }, ['brick']);
    const other = [storage, brick, longer, top('negative')];
    expect(differences(cached, other)).toEqual(['options of negative']);
    const bypassed = [storage, brick, negative, top('brick')];
    expect(differences(cached, bypassed)).toEqual(['subvolumes of top']);
  });

  it('warns of more than one, and names them', () => {
    const memory = volume('storage', 'storage/memory');
    const found = differences(plain, [memory, brick, negative, top('negative')]);
    expect(found).toHaveLength(2);
    const warning = differenceWarning('plain', 'cached', found);
    expect(warning).toContain('cached differs from plain in 2 volumes');
    expect(warning).toContain('negative (features/negative) is added');
    expect(differenceWarning('plain', 'cached', found.slice(1))).toBeNull();
  });
});

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
