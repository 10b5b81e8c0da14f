/**
 * Checks the packed package's entries and types by publint and attw (@arethetypeswrong/cli), which `.ci/run` fetches;
 * they are found by NODE_PATH.
 */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { run, withScratch } from './support/mount.ts';
import { isSkipped } from './support/obstacle.ts';

const folders = (process.env.NODE_PATH ?? '').split(':');
const findProgram = (name: string): string | undefined =>
  folders.map((folder) => `${folder}/.bin/${name}`).find((path) => existsSync(path));

const publint = findProgram('publint');
const attw = findProgram('attw');
const missing = publint && attw ? '' : 'they are not installed where NODE_PATH leads';

/** Findings that are accepted: the bundle is imported by glossa's own code alone, under Node. */
const ACCEPTED = /^\d+\. pkg\.imports\["#sucrase"\] sets both exports\.__esModule/;

describe.skipIf(isSkipped('publint and attw', missing))('the packed package', () => {
  it('has no finding of publint or attw', () =>
    withScratch(async (scratch) => {
      const packed = await run(scratch, 'npm', ['pack', packageRoot, '--ignore-scripts'], {
        patience: 120_000,
      });
      const tarball = scratch.at(packed.out.trim().split('\n').at(-1)!);
      const lint = await run(scratch, publint!, [tarball, '--strict'], {
        env: { NO_COLOR: '1' },
        patience: 60_000,
      });
      const findings = lint.out.split('\n').filter((line) => /^\d+\. /.test(line));
      expect(findings.filter((line) => !ACCEPTED.test(line))).toEqual([]);
      expect(lint.out).toContain('Linting...');
      const types = await run(scratch, attw!, [tarball, '--profile', 'esm-only', '-f', 'json'], {
        patience: 120_000,
      });
      expect([types.status, types.err]).toEqual([0, '']);
    }));
});
