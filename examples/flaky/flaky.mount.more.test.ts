/** Requests that fail as they were told to. */
import { expect, it } from 'vitest';
import { onExample } from '../../test/support/example.ts';

/** Which of 12 writes fail. */
const WRITES = 'for i in $(seq 12); do { echo x > f; } 2> /dev/null && printf . || printf x; done';

onExample('flaky', (example) => {
  it('fails every third write', async () => {
    expect(await example.ok(WRITES)).toBe('..x..x..x..x');
    expect(await example.fails('echo 1 > f; echo 2 > f; echo 3 > f')).toBe('Input/output error');
  });

  it('fails as often as it was told, and with what', async () => {
    await example.restart(['flaky.every=1', 'flaky.count=2', 'flaky.errno=ENOSPC']);
    expect(await example.ok(WRITES)).toBe('xx..........');
    await example.restart(['flaky.every=1', 'flaky.errno=ENOSPC']);
    expect(await example.fails('echo x > f')).toBe('No space left on device');
  });

  it('fails for some paths only', async () => {
    await example.restart(['flaky.every=1', 'flaky.path=*/bad*']);
    expect(await example.ok('mkdir -p d; echo 1 > d/good; cat d/good')).toBe('1\n');
    expect(await example.fails('echo 1 > d/bad.txt')).toBe('Input/output error');
  });

  it('draws the same lots for the same seed', async () => {
    const draw = async (seed: number): Promise<string> => {
      await example.restart(['flaky.every=1', 'flaky.percent=50', `flaky.seed=${seed}`]);
      return example.ok(WRITES);
    };
    const first = await draw(1);
    expect(first).toMatch(/^(?=.*\.)(?=.*x)/);
    expect(await draw(1)).toBe(first);
    expect(await draw(2)).not.toBe(first);
  });

  it('can let requests wait, and not fail', async () => {
    await example.restart(['flaky.every=1', 'flaky.errno=none', 'flaky.delay=0.01']);
    expect(await example.ok(`${WRITES}; cat f`)).toBe('............x\n');
  });
});
