/** Files whose letters are rotated on the storage and plain in the mount. */
import { expect, it } from 'vitest';
import { type Example, onExample } from '../../test/support/example.ts';

const TR = 'tr A-Za-z N-ZA-Mn-za-m';

const rotates = (example: Example): void => {
  it('text written in a mount with rot13 is rotated on the storage, and plain in the mount', async () => {
    expect(await example.runOk('echo "Hello, World 1" > f; cat f "$BRICK/f"')).toBe(
      'Hello, World 1\nUryyb, Jbeyq 1\n',
    );
  });

  it('a file that is already on the storage is shown rotated in a mount with rot13', async () => {
    expect(await example.runOk('echo Uryyb > "$BRICK/before"; cat before')).toBe('Hello\n');
  });

  it('files with appends, writes in the middle and holes are read back unchanged through rot13', async () => {
    await example.runOk(`
      head -c 400000 /dev/urandom > "$SCRATCH/data"
      cp "$SCRATCH/data" big; cmp big "$SCRATCH/data"
      ${TR} < "$BRICK/big" | cmp - "$SCRATCH/data"
      for f in big "$SCRATCH/data"; do
        printf 'Middle' | dd of="$f" bs=1 seek=123457 conv=notrunc status=none
        echo 'The End' >> "$f"
        truncate -s 1M "$f"
        cp "$f" "$f.copy"
      done
      cmp big "$SCRATCH/data"; cmp big.copy "$SCRATCH/data.copy"
    `);
  });

  it('files copied by any system call are read back unchanged through rot13', async () => {
    await example.runOk(`
      head -c 150000 /dev/urandom | base64 > "$SCRATCH/text"
      cp "$SCRATCH/text" text; truncate -s 1M text "$SCRATCH/text"
      for how in --reflink=auto --sparse=always --sparse=auto --sparse=never; do
        cp "$how" text copy; cmp copy "$SCRATCH/text"; rm copy
      done
      cp text other; ${TR} < "$BRICK/text" | head -c 300000 > "$SCRATCH/way"
      head -c 300000 "$SCRATCH/text" | cmp - "$SCRATCH/way"
    `);
    // The host refuses fops that change data without the module.
    for (const how of ['-z', '-p']) {
      const { status } = await example.runScript(`fallocate ${how} -o 0 -l 4096 text`);
      expect(status).not.toBe(0);
    }
    await example.runOk('cmp text "$SCRATCH/text"');
  });

  it('git commit, fsck and diff succeed in a mount with rot13', async () => {
    const script = `
      git init -q -b main; git config user.email a@b; git config user.name a
      echo text > file; git add .; git commit -qm first
      echo more >> file; git commit -qam second; git fsck --strict; git diff HEAD~ --stat | tail -1
    `;
    expect(await example.runOk(script, { in: 'repo' })).toContain('1 file changed, 1 insertion(+)');
  });
};

onExample('rot13', rotates, { title: 'in Python' });
onExample('rot13', rotates, { title: 'in JavaScript', from: 'javascript' });
onExample('rot13', rotates, { title: 'in TypeScript', from: 'typescript' });
