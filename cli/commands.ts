/**
 * Lists all commands: name (two words for a subcommand), group in the help, summary, and the file,
 * which is loaded when the command runs.
 */
import type { CommandEntry, Commands } from '../terminal/command.ts';

export const commands: Commands = new Map(
  Object.entries({
    new: {
      group: 'write',
      summary: 'write a module to begin from',
      load: () => import('./new.ts'),
    },
    'new volume': {
      summary: 'write volfiles of bricks and clients to begin from',
      load: () => import('./new-volume.ts'),
    },
    'new include-dir': {
      summary: 'where the header for translators in C is',
      load: () => import('./include-dir.ts'),
    },
    dev: {
      group: 'write',
      summary: 'mount a module, and load it again whenever it is saved',
      load: () => import('./dev.ts'),
    },
    learn: {
      group: 'write',
      summary: 'a course: write a translator, and see at each save what it does',
      load: () => import('./learn.ts'),
    },
    playground: {
      group: 'write',
      summary: 'a page in which translators are written, run and watched',
      load: () => import('./playground.ts'),
    },
    test: {
      group: 'write',
      summary: "run a module's own tests, without a mount",
      load: () => import('./test.ts'),
    },
    repl: {
      group: 'write',
      summary: "a prompt inside a module's interpreter",
      load: () => import('./repl.ts'),
    },
    check: {
      group: 'write',
      summary: 'say what is wrong with a volfile',
      load: () => import('./check.ts'),
    },
    graph: {
      group: 'write',
      summary: "draw a volfile's graph",
      load: () => import('./graph.ts'),
    },
    mount: {
      group: 'run',
      summary: 'mount what a volfile describes',
      load: () => import('./mount.ts'),
    },
    umount: {
      group: 'run',
      summary: 'take a mount away, also a dead one; or end a brick',
      load: () => import('./umount.ts'),
    },
    mounts: {
      group: 'run',
      summary: 'list what is mounted or served, by whom, and whether it answers',
      load: () => import('./mounts.ts'),
    },
    run: {
      group: 'run',
      summary: 'run a command in a mount of its own',
      load: () => import('./run.ts'),
    },
    brick: {
      group: 'run',
      summary: 'serve volumes to clients of GlusterFS and of glossa',
      load: () => import('./brick.ts'),
    },
    'brick volfiles': {
      summary: 'give volfiles to clients that ask for them by name',
      load: () => import('./volfile-server.ts'),
    },
    reload: {
      group: 'run',
      summary: 'let a mount or a brick read its volfile and modules again',
      load: () => import('./reload.ts'),
    },
    invalidate: {
      group: 'run',
      summary: 'say that something was changed behind a mount',
      load: () => import('./invalidate.ts'),
    },
    setup: {
      group: 'run',
      summary: 'let mount(8), fstab, systemd and shells know glossa, or no more',
      load: () => import('./setup.ts'),
    },
    'setup completion': {
      summary: 'print what a shell needs to complete command lines',
      load: () => import('./completion.ts'),
    },
    top: {
      group: 'look',
      summary: 'show what the volumes of a mount are busy with',
      load: () => import('./top.ts'),
    },
    stats: {
      group: 'look',
      summary: 'what the translators of a mount, or of a brick, tell',
      load: () => import('./stats.ts'),
    },
    'stats statedump': {
      summary: 'all that a mount knows of its state: requests, inodes, files, volumes',
      load: () => import('./statedump.ts'),
    },
    why: {
      group: 'look',
      summary: 'what the last requests for a path met that failed or were slow',
      load: () => import('./why.ts'),
    },
    trace: {
      group: 'look',
      summary: 'show what the requests of a command meet, volume by volume',
      load: () => import('./trace.ts'),
    },
    record: {
      group: 'look',
      summary: 'record the requests of a command, to replay them',
      load: () => import('./record.ts'),
    },
    replay: {
      group: 'look',
      summary: 'send recorded requests once more, and say what is answered otherwise',
      load: () => import('./replay.ts'),
    },
    debug: {
      group: 'look',
      summary: 'stop requests on their way, look at them, and change their replies',
      load: () => import('./debug.ts'),
    },
    bench: {
      group: 'measure',
      summary: 'what stacks cost: mounted and measured beside each other',
      load: () => import('./bench.ts'),
    },
    'bench call': {
      summary: 'what one call of a translator costs in each language',
      load: () => import('../apps/bench/run/call.ts'),
    },
    'bench compare': {
      summary: 'whether one result of a bench is faster than another',
      load: () => import('../apps/bench/run/compare.ts'),
    },
    'bench report': {
      summary: 'show the result of a bench, or write a page about it',
      load: () => import('../apps/bench/run/report.ts'),
    },
    demo: {
      group: 'measure',
      summary: 'what a cache of absent names is worth, shown in a minute',
      load: () => import('./demo.ts'),
    },
    tutorial: {
      group: 'measure',
      summary: "run what GlusterFS's translator tutorial ends with, on two bricks here",
      load: () => import('./tutorial.ts'),
    },
    'mount.glossa': {
      summary: 'what mount(8) calls for the type glossa',
      load: () => import('./mount-helper.ts'),
    },
    help: {
      summary: 'explain a command or a translator',
      load: async () => ({ default: (await import('./help.ts')).helpOn(commands) }),
    },
    version: {
      summary: 'print the version',
      load: () => import('./version.ts'),
    },
  } satisfies Record<string, CommandEntry>),
);
