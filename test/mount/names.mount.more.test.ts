/** Names at their limits: the longest, unusual ones, and paths beyond PATH_MAX. */
import { expect, it } from 'vitest';
import { allKinds, distributeKinds, foreignKinds } from '../support/stacks.ts';
import { describeStages, type Stage } from '../support/stage.ts';

const names = (stage: Stage): void => {
  it('names of 255 bytes are accepted, and names of 256 bytes are refused', () =>
    stage.compareScript(`n=$(printf '%0255d' 1); touch $n; mkdir d; mv $n d/; ln d/$n l; ls d | wc -c
      cat d/$n
      m=0$n; touch $m; mkdir $m; ln l $m; mv l $m; ln -s x $m; cat $m; rm $m; rmdir $m; mkfifo $m
      [ -e $m ] || echo none; u=$(printf 'é%.0s' {1..127}); touch $u; rm $u; touch $u; touch a$u
      touch ab$u
      ls | wc -c; ln -s $n s; stat -c %s s
      setfattr -n user.x -v 1 d/$n && getfattr --only-values -n user.x d/$n`));

  it('names with characters that shells and listings mishandle work as on a disk', () =>
    stage.compareScript(`for n in ' ' '  lead' 'trail ' '-rf' '*' '?' '"' "'" $'new\\nline' $'tab\\t' \\
      '\\' '\\\\' '\\n' \\
      '$x' '%s' '#' ':' '...' '..a' 'é' $'e\\xcc\\x81' '日本語' '🙂' $'\\x7f' $'\\x01'; do
        echo "$n" > "./$n"; mkdir "d$n"; mv -- "./$n" "d$n/$n"; cat "d$n/$n"
        ln -s -- "d$n/$n" "./$n"; readlink -- "./$n"
      done; ls -A --quoting-style=c . ; find . -type f -print0 | sort -z | od -c | md5sum`));

  it('names that are not UTF-8 work as on a disk', () =>
    stage.compareScript(`for n in $'\\xff' $'a\\xc3(' $'\\x80\\x80' $'\\xed\\xb2\\x80' $'\\xc0\\xaf' \\
      $'\\xf4\\x90\\x80\\x80' \\
      $'ok\\xe2\\x82' $'\\xfe.txt' $'caf\\xe9'; do
        echo "$n" > "$n" && cat "$n" && mkdir "d$n" && mv "$n" "d$n/$n" &&
          mv "d$n/$n" "d$n/$n$n" && ln "d$n/$n$n" "$n"
        ln -s "d$n/$n$n" "s$n" && readlink "s$n" && cat "s$n" && stat -c '%h %s %N' "$n"
        mv "s$n" "t$n"; [ -e "missing$n" ] || rm "missing$n"
      done
      for n in $'\\xff' $'caf\\xe9'; do
        setfattr -n "user.$n" -v "$n" "$n"; getfattr -n "user.$n" --only-values "$n" && echo
        setfattr -x "user.$n" "$n"
      done; ls -A | od -c; find . -depth | LC_ALL=C sort | md5sum
      rm -r d*; ls -A | wc -l; rm *; ls -A | wc -l`));

  it('names in directories deeper than PATH_MAX work as on a disk', () =>
    stage.compareScript(
      `n=$(printf '%0200d' 0); for i in $(seq 30)
        do mkdir $n && cd -P ./$n 2>/dev/null || cd ./$n; done
      echo bottom > f; cat f; mkdir d; mv f d/g; cat d/g; ln -s d/g s; cat s; chmod 600 d/g
      stat -c '%a %s' d/g
      ln d/g h; stat -c %h h; exec 3< h; rm h d/g; cat <&3; ls; cd / && cd "$0"
      find . -name d | wc -c
      find . -depth -printf x | wc -c; rm -r $n; ls | wc -l`,
      { normalize: (text) => text.replace(/^.*getcwd.*$/gm, '') },
    ));

  it('a path of PATH_MAX bytes is accepted, and a longer one is refused', () =>
    stage.compareScript(
      `p=$PWD; n=$(printf '%099d' 0); while [ \${#p} -lt 3900 ]; do p=$p/$n; done; mkdir -p $p
      rest=$((4095 - \${#p} - 1)); f=$p/$(printf "%0\${rest}d" 1); echo x > $f; cat $f; cat \${f}2
      [ -e \${f}2 ] || echo no
      cd $p; ls | wc -l; rm *1; ls`,
      { normalize: (text) => text.replace(/\/\d{9,}/g, '/N').replace(/(\/N)+/g, '/N') },
    ));
};

describeStages(
  'names',
  {
    kernel: [...allKinds, 'files', ...foreignKinds, ...distributeKinds],
    user: ['python'],
    'fuse-native': ['posix'],
  },
  names,
  { later: ['posix', 'real-client'] },
);

const MODULE = `
from glupy import Translator


class xlator(Translator):
    """Says which names it sees, and shows every file as 'also-' and its name, too."""

    def seen(self, frame, *names):
        self.log.info("%s %s", frame.name, " ".join(ascii(name) for name in names))

    def lookup(self, frame, loc, xdata):
        if loc.name is not None and loc.name.startswith("also-"):
            frame.wind(loc.replace(name=loc.name[5:]), xdata)
        else:
            frame.wind()

    def create(self, frame, loc, *args):
        self.seen(frame, loc.name, loc.path)
        frame.wind()

    def symlink(self, frame, linkpath, loc, *args):
        self.seen(frame, linkpath, loc.name)
        frame.wind()

    def readlink_cbk(self, frame, op_ret, op_errno, path, *reply):
        self.seen(frame, path)
        frame.unwind(op_ret, op_errno, path, *reply)

    async def rename(self, frame, oldloc, newloc, xdata):
        self.seen(frame, oldloc.name, newloc.name)
        return await self.child.rename(oldloc, newloc, xdata)

    def unlink(self, frame, loc, xflag, xdata):
        self.seen(frame, loc.name)
        frame.wind(loc, xflag, xdata)

    def readdirp_cbk(self, frame, op_ret, op_errno, entries, *reply):
        names = sorted(entry.name for entry in entries if entry.name[0] != ".")
        if names:
            self.seen(frame, *names)
        frame.unwind(op_ret, op_errno, entries, *reply)
`;

describeStages(
  'names in a module',
  { kernel: ['posix'], user: ['posix'], 'fuse-native': ['posix'] },
  (stage) => {
    it('appear with surrogate escapes if they are not UTF-8, and still reach the file', async () => {
      const name = String.raw`a\xff\xc3(`;
      const out =
        await stage.runOk(`n=$'${name}'; echo data > "$n"; cat "also-$n"; ln -s "$n$n" "s$n"
          readlink "s$n"
        mv "$n" "b$n"; ls -lA > /dev/null; ls -A; cat "also-b$n"; rm "b$n" "s$n"; ls -A`);
      const bytes = 'a\xff\xc3(';
      expect(out).toBe(`data\n${bytes}${bytes}\nb${bytes}\ns${bytes}\ndata\n`);
      const logged = stage.mount.log().match(/(?<=seen\] 0-names-seen: ).*/g);
      const text = String.raw`a\udcff\udcc3(`;
      // Listings may be requested again.
      expect([...new Set(logged)]).toEqual([
        `create '${text}' '/1/work/${text}'`,
        `symlink '${text}${text}' 's${text}'`,
        `readlink '${text}${text}'`,
        `rename '${text}' 'b${text}'`,
        `readdirp 'b${text}' 's${text}'`,
        `unlink 'b${text}'`,
        `unlink 's${text}'`,
      ]);
    });
  },
  { above: { name: 'names-seen', text: MODULE } },
);
