/** Requests that fail by the options. */
import { expect, it } from 'vitest';
import { onExample } from '../../test/support/example.ts';

/** Marks the writes out of 12 that fail. */
const WRITES = 'for i in $(seq 12); do { echo x > f; } 2> /dev/null && printf . || printf x; done';

onExample('flaky', (example) => {
  it('flaky makes every third write fail by default', async () => {
    expect(await example.runOk(WRITES)).toBe('..x..x..x..x');
    expect(await example.runFailing('echo 1 > f; echo 2 > f; echo 3 > f')).toBe(
      'Input/output error',
    );
  });

  it("flaky's options every, count and errno set how often writes fail and with which error", async () => {
    await example.restart(['flaky.every=1', 'flaky.count=2', 'flaky.errno=ENOSPC']);
    expect(await example.runOk(WRITES)).toBe('xx..........');
    await example.restart(['flaky.every=1', 'flaky.errno=ENOSPC']);
    expect(await example.runFailing('echo x > f')).toBe('No space left on device');
  });

  it('flaky with option path fails only requests for matching paths', async () => {
    await example.restart(['flaky.every=1', 'flaky.path=*/bad*']);
    expect(await example.runOk('mkdir -p d; echo 1 > d/good; cat d/good')).toBe('1\n');
    expect(await example.runFailing('echo 1 > d/bad.txt')).toBe('Input/output error');
  });

  it('flaky fails the same writes in two runs with the same seed', async () => {
    const draw = async (seed: number): Promise<string> => {
      await example.restart(['flaky.every=1', 'flaky.percent=50', `flaky.seed=${seed}`]);
      return example.runOk(WRITES);
    };
    const first = await draw(1);
    expect(first).toMatch(/^(?=.*\.)(?=.*x)/);
    expect(await draw(1)).toBe(first);
    expect(await draw(2)).not.toBe(first);
  });

  it('flaky with errno=none and a delay slows requests down, and none fails', async () => {
    await example.restart(['flaky.every=1', 'flaky.errno=none', 'flaky.delay=0.01']);
    expect(await example.runOk(`${WRITES}; cat f`)).toBe('............x\n');
  });
});
