/** Rejected promises of a realm and of its process. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

describe('unhandled rejections', () => {
  /** Runs a script in a process with a realm; returns its output and status. */
  function run(code: string) {
    const realm = join(import.meta.dirname, 'realm.ts');
    const program = `
      const { makeRealm } = await import(${JSON.stringify(realm)});
      const realm = makeRealm('test');
      ${code}
      for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setImmediate(done));
      console.log('alive');`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', program];
    return spawnSync(process.execPath, args, { encoding: 'utf8' });
  }

  it('a rejected promise of sandboxed code does not end the process', () => {
    const { stdout, stderr, status } = run(`
      realm.evaluate('Promise.reject(new Error("x"))', 'a');
      realm.evaluate('(async () => { throw 1 })()', 'b');
      realm.evaluate('Object.setPrototypeOf(Promise.reject(2), null)', 'c');
      const trap = 'new Proxy({}, { getPrototypeOf() { throw new Error("trap") } })';
      realm.evaluate('Object.setPrototypeOf(Promise.reject(3), ' + trap + ')', 'd');`);
    expect([stdout, stderr, status]).toEqual(['alive\n', '', 0]);
  });

  it('a rejected promise outside the sandbox ends the process, as in any Node program', () => {
    const { stdout, stderr, status } = run(`Promise.reject(new Error('the host failed'));`);
    expect([stdout, status]).toEqual(['', 1]);
    expect(stderr).toContain('Error: the host failed');
  });

  it('a rejected promise outside the sandbox reaches a listener of unhandledRejection', () => {
    const { stdout, status } = run(`
      process.on('unhandledRejection', (reason) => console.log('heard', reason.message));
      Promise.reject(new Error('the host failed'));`);
    expect([stdout, status]).toEqual(['heard the host failed\nalive\n', 0]);
  });
});
