/** A file's tag is the hash of its contents, or absent. */
import { expect, it } from 'vitest';
import { onExample } from '../../test/support/example.ts';

/** Functions of bash: `tag FILE` prints it or nothing, `tagged FILES` waits until each has its tag. */
const PROLOGUE = `
  tag() { getfattr --only-values -n user.sha256 -- "$1" 2> /dev/null; }
  tagged() {
    for file; do
      until [ "$(tag "$file")" = "$(sha256sum < "$file" | cut -d' ' -f1)" ]; do sleep 0.02; done
    done
  }
`;

/** truncate(2), which opens no file. */
const TRUNCATE = `perl -e 'truncate($ARGV[0], 1)'`;

onExample('tag-by-xattr', (example) => {
  const ok = (script: string): Promise<string> => example.runOk(PROLOGUE + script);

  it('a file is tagged once it is written and closed', async () => {
    await ok(`
      echo text > f; : > empty; head -c 3000000 /dev/urandom > big; cp big copy
      cp -a big kept; mkdir d; tar cf - big | tar xf - -C d; tagged f empty big copy kept d/big
    `);
  });

  it('a file gets a new tag after each change', async () => {
    await ok(`
      echo more >> f; tagged f; truncate -s 2 f; truncate -s 100 f; echo x >> f; tagged f
      printf x | dd of=f bs=1 seek=1 conv=notrunc status=none; tagged f
      : > f; tagged f; mv f g; ln g h; tagged g h
    `);
  });

  it("a file's tag is removed before a write or truncate returns", async () => {
    const script = `
      echo text > f; tagged f
      python3 -c '
import os
fd = os.open("f", os.O_RDWR)
os.write(fd, b"other")
print(os.listxattr("f"))
os.close(fd)'
      tagged f; ${TRUNCATE} f; echo "[$(tag f)]"
    `;
    expect(await ok(script)).toBe('[]\n[]\n');
  });

  it("a file's tag is never wrong while writes and hashing happen at the same time", async () => {
    const out = await ok(`
      for i in 1 2 3; do
        (for j in $(seq 15); do echo $RANDOM >> r$i; : < r$i; head -c 50000 /dev/urandom > r$i; done) &
      done
      wait
      tagged r1 r2 r3; for i in 1 2 3; do test "$(tag r$i)" = "$(sha256sum < r$i | cut -d' ' -f1)"; done
      echo fine
    `);
    expect(out).toBe('fine\n');
  });

  it("users cannot set or remove the module's tag", async () => {
    expect(await example.runFailing('setfattr -n user.sha256 -v x big')).toBe(
      'Operation not permitted',
    );
    expect(await example.runFailing('setfattr -x user.sha256 big')).toBe('Operation not permitted');
    await ok('setfattr -n user.other -v x big; setfattr -x user.other big; tagged big');
  });

  it('truncating a tagged file after a restart removes its tag', async () => {
    await example.restart();
    expect(await ok(`${TRUNCATE} big; echo "[$(tag big)]"; echo >> big; tagged big`)).toBe('[]\n');
  });
});
