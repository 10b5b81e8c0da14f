/**
 * The bridge contract for failure policies, reloads and reconfigured options, in languages with an
 * interpreter. Modules: `failing`, and editions of one module, which tests write over each other.
 */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { EACCES, EIO, ENOENT } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { makeFolder } from '../../support/folder.ts';
import {
  hostedLanguage,
  type Language,
  type RunningModule,
  startModule,
} from '../../support/module.ts';
import { makeSized, takeTexts } from './requests.ts';

/** Waits until it holds; an interpreter takes its time to start. */
const waitUntil = (check: () => void) => vi.waitFor(check, { timeout: 30_000 });

/**
 * @param folder of the language's modules.
 * @param language the loader of the modules.
 * @param broken text of the message about code that does not compile, for the file's extension.
 */
export function failureContract(
  folder: string,
  language: Language = hostedLanguage,
  broken = (extension: string): string => `m${extension}:3`,
): void {
  const fail = (options: Record<string, string>) =>
    startModule(folder, { language, name: 'failing', options });

  /** Answers the leaf's requests and returns their names. */
  function answerAll(run: RunningModule): string[] {
    return run.takeRequests().map(({ name, answer }) => {
      if (name === 'stat') answer(0, 0, makeSized(7), null);
      else if (name === 'readlink') answer(0, 0, 'target', makeSized(7), null);
      else answer(0, 0, null);
      return name;
    });
  }

  describe('on-error', () => {
    it('fail answers a failed request with the errno of option error', async () => {
      const run = await fail({ error: 'EACCES' });
      expect(run.ask('access', run.knownLoc('a'), 0, null)).toMatchObject({ opErrno: EACCES });
      expect(run.takeRequests()).toEqual([]);
      run.expectSettled();
    });

    it('bypass passes a failed request to the child', async () => {
      const run = await fail({ 'on-error': 'bypass' });
      const reply = run.ask('access', run.knownLoc('a'), 0, null);
      expect(answerAll(run)).toEqual(['access']);
      expect(reply).toMatchObject({ count: 1, opRet: 0 });
      run.expectSettled();
    });

    it('bypass discards the winds that the module made before it failed', async () => {
      const run = await fail({ 'on-error': 'bypass' });
      run.ask('flush', new Fd(run.knownLoc('a').inode!, 0, 1), null);
      expect(answerAll(run)).toEqual(['flush']);
      run.expectSettled();
    });

    it('bypass does not wind a request a second time', async () => {
      const run = await fail({ 'on-error': 'bypass' });
      const reply = run.ask('stat', run.knownLoc('a'), null);
      expect(answerAll(run)).toEqual(['stat']);
      expect(answerAll(run)).toEqual([]);
      expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
      run.expectSettled();
    });

    it('bypass passes on requests that hit time-limit or frame-timeout', async () => {
      const run = await fail({ 'on-error': 'bypass', 'time-limit': '1', 'frame-timeout': '10' });
      const pending = run.ask('readlink', run.knownLoc('a'), 10, null);
      run.context.advance(15_000);
      expect(answerAll(run)).toEqual(['readlink']);
      expect(pending).toMatchObject({ count: 1, opRet: 0 });
      const looped = run.ask('fsync', new Fd(run.knownLoc('a').inode!, 0, 1), 0, null);
      expect(answerAll(run)).toEqual(['fsync']);
      expect(looped.count).toBe(1);
      run.expectSettled();
    });

    it('restart begins a fresh interpreter after max-failures', async () => {
      const run = await fail({ 'on-error': 'restart', 'max-failures': '2' });
      const count = () => run.ask('statfs', run.knownLoc('a'), null).opErrno;
      expect([count(), count()]).toEqual([1, 2]);
      run.ask('access', run.knownLoc('a'), 0, null);
      expect(count()).toBe(3);
      run.ask('access', run.knownLoc('a'), 0, null);
      await waitUntil(() => expect(run.dump().restarts).toBe(1));
      expect([count(), count()]).toEqual([1, 2]);
      expect(run.dump()).toMatchObject({ failures: 2, bypassed: 0 });
      run.expectSettled();
    });
  });

  describe('reload', () => {
    const extension = readdirSync(folder)
      .find((name) => name.startsWith('edition1.'))!
      .slice('edition1'.length);

    class EditedModule {
      readonly path = join(makeFolder({}), `m${extension}`);

      constructor() {
        for (const name of readdirSync(folder))
          if (/^(steps|shapes)\.(py|js)$/.test(name))
            cpSync(join(folder, name), join(this.path, '..', name));
      }

      save(edition: string): void {
        writeFileSync(this.path, readFileSync(join(folder, edition + extension)));
      }

      start(options: Record<string, string> = {}): Promise<RunningModule> {
        return startModule(join(this.path, '..'), { language, options });
      }
    }

    const makeEdited = (edition: string): EditedModule => {
      const file = new EditedModule();
      file.save(edition);
      return file;
    };

    it('runs new requests in the new code and finishes pending ones in the old', async () => {
      const file = makeEdited('edition1');
      const run = await file.start();
      const before = run.ask('stat', run.knownLoc('a'), null);
      file.save('edition2');
      expect(await run.reload()).toEqual({ ok: true, text: 'reloaded' });
      expect(run.ask('access', run.knownLoc('a'), 0, null)).toMatchObject({ opErrno: EACCES });
      run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
      expect(before).toMatchObject({ count: 1, opErrno: ENOENT });
      expect(run.dump().interpreters).toBe(1);
      expect(takeTexts(run)).toContain('the first edition ends');
      run.expectSettled();
    });

    it('of code that does not compile keeps the old code and says why', async () => {
      const file = makeEdited('edition1');
      const run = await file.start();
      file.save('edition_broken');
      const { ok, text } = await run.reload();
      expect(ok).toBe(false);
      expect(text).toMatch(/^not reloaded, the code before goes on: /);
      expect(text).toContain(broken(extension));
      run.ask('stat', run.knownLoc('a'), null);
      run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
      expect(run.dump().interpreters).toBe(1);
      run.expectSettled();
    });

    it('with a failing init keeps the old code', async () => {
      const file = makeEdited('edition1');
      const run = await file.start();
      file.save('edition_refuses');
      expect((await run.reload()).text).toContain('not today');
      expect(run.dump().reloads).toBe(0);
    });

    it("hands the module's state over", async () => {
      const file = makeEdited('edition1');
      const run = await file.start();
      for (let n = 0; n < 3; n += 1) run.ask('statfs', run.knownLoc('a'), null);
      file.save('edition2');
      await run.reload();
      expect(run.ask('statfs', run.knownLoc('a'), null).opErrno).toBe(4);
    });

    it('follows a saved file with option reload', async () => {
      const file = makeEdited('edition1');
      const run = await file.start({ reload: 'on' });
      file.save('edition2');
      await waitUntil(() => expect(run.dump().reloads).toBe(1));
      expect(run.ask('access', run.knownLoc('a'), 0, null)).toMatchObject({ opErrno: EACCES });
    });
  });

  describe('reconfigured options', () => {
    it("reach the module's reconfigure, and invalid values are refused", async () => {
      const run = await startModule(folder, { language, name: 'tunable', options: { size: '2' } });
      run.takeLines();
      run.reconfigure({ size: '3' });
      expect(takeTexts(run)).toEqual(['size 3, was 2']);
      expect(() => run.reconfigure({ size: 'x' })).toThrow("option 'size': 'x'");
      expect(takeTexts(run)).toEqual([]);
      expect(run.dump().interpreters).toBe(1);
      run.reconfigure({ 'on-error': 'bypass', size: '3' });
      expect(run.xl.priv.host?.policy?.onError ?? 'bypass').toBe('bypass');
    });

    it('start a new interpreter when module-name changes', async () => {
      const run = await startModule(folder, { language, name: 'tunable', options: { size: '2' } });
      run.reconfigure({ 'module-name': 'failing' });
      await waitUntil(() => expect(run.dump().reloads).toBe(1));
      expect(run.ask('access', run.knownLoc('a'), 0, null)).toMatchObject({ opErrno: EIO });
    });
  });

  it("a statedump lists the module's own keys beside the counters", async () => {
    const run = await startModule(folder, { language, name: 'tunable', options: { size: '2' } });
    const dump = run.dump();
    expect(dump).toMatchObject({
      calls: 0,
      failures: 0,
      'module.size': 2,
      'module.what': 'a test',
    });
  });
}
