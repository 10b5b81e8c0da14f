/**
 * Lists all commands: name (two words for a subcommand), group in the help, summary, and the file,
 * which is loaded when the command runs.
 */
import type { CommandEntry, Commands } from '../terminal/command.ts';

/** The commands, in the order of the help. */
export const commands: Commands = new Map(
  Object.entries({
    new: {
      group: 'write',
      summary: 'write a new module with its volfile and test',
      load: () => import('./new.ts'),
    },
    'new volume': {
      summary: 'write the volfiles of a new volume',
      load: () => import('./new-volume.ts'),
    },
    'new include-dir': {
      summary: 'print the folder of the header for translators in C',
      load: () => import('./include-dir.ts'),
    },
    dev: {
      group: 'write',
      summary: 'mount a module, and reload it when it is saved',
      load: () => import('./dev.ts'),
    },
    learn: {
      group: 'write',
      summary: 'a course: write a translator, and see at each save what it does',
      load: () => import('./learn.ts'),
    },
    playground: {
      group: 'write',
      summary: 'a page to write, run and watch translators',
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
      summary: 'print the problems of a volfile',
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
      summary: 'unmount, also after a crash of the server; or end a brick',
      load: () => import('./umount.ts'),
    },
    mounts: {
      group: 'run',
      summary: 'list mounts and bricks, with user and health',
      load: () => import('./mounts.ts'),
    },
    run: {
      group: 'run',
      summary: 'run a command in a temporary mount',
      load: () => import('./run.ts'),
    },
    brick: {
      group: 'run',
      summary: 'serve volumes to clients of GlusterFS and of glossa',
      load: () => import('./brick.ts'),
    },
    'brick volfiles': {
      summary: 'serve volfiles to clients by name',
      load: () => import('./volfile-server.ts'),
    },
    fs: {
      group: 'run',
      summary: 'list, copy and remove files of a volume, without a mount',
      load: () => import('./fs.ts'),
    },
    'fs ls': {
      summary: 'list directories of a volume',
      load: () => import('./fs/ls.ts'),
    },
    'fs cat': {
      summary: 'write files of a volume to standard output',
      load: () => import('./fs/cat.ts'),
    },
    'fs cp': {
      summary: 'copy files into a volume, out of one, and within',
      load: () => import('./fs/cp.ts'),
    },
    'fs rm': {
      summary: 'remove files and trees of a volume',
      load: () => import('./fs/rm.ts'),
    },
    'fs stat': {
      summary: 'print the attributes of files of a volume',
      load: () => import('./fs/stat.ts'),
    },
    'fs find': {
      summary: 'list all files below a directory of a volume',
      load: () => import('./fs/find.ts'),
    },
    api: {
      group: 'run',
      summary: 'let programs in other languages use a volume, without a mount',
      load: () => import('./api.ts'),
    },
    reload: {
      group: 'run',
      summary: 'reload the volfile and modules of a mount or a brick',
      load: () => import('./reload.ts'),
    },
    invalidate: {
      group: 'run',
      summary: 'drop the caches of a file that was changed behind a mount',
      load: () => import('./invalidate.ts'),
    },
    setup: {
      group: 'run',
      summary: 'register glossa with mount(8), fstab, systemd and shells',
      load: () => import('./setup.ts'),
    },
    'setup completion': {
      summary: 'print the completion script of a shell',
      load: () => import('./completion.ts'),
    },
    top: {
      group: 'look',
      summary: 'show rates and latencies of the volumes of a mount',
      load: () => import('./top.ts'),
    },
    stats: {
      group: 'look',
      summary: 'print the counters of a mount or a brick',
      load: () => import('./stats.ts'),
    },
    'stats statedump': {
      summary: 'print the state of a mount: requests, inodes, files, volumes',
      load: () => import('./statedump.ts'),
    },
    why: {
      group: 'look',
      summary: 'explain the last failed and slow requests for a path',
      load: () => import('./why.ts'),
    },
    trace: {
      group: 'look',
      summary: 'show the requests of a command, volume by volume',
      load: () => import('./trace.ts'),
    },
    debug: {
      group: 'look',
      summary: 'stop requests on their way, show them, and change replies',
      load: () => import('./debug.ts'),
    },
    bench: {
      group: 'measure',
      summary: 'measure mounted stacks side by side',
      load: () => import('./bench.ts'),
    },
    'bench call': {
      summary: 'measure one call of a translator in each language',
      load: () => import('../apps/bench/run/call-command.ts'),
    },
    'bench compare': {
      summary: 'compare two results of glossa bench',
      load: () => import('../apps/bench/run/compare-command.ts'),
    },
    'bench report': {
      summary: 'show the result of a bench, or write a page about it',
      load: () => import('../apps/bench/run/report-command.ts'),
    },
    demo: {
      group: 'measure',
      summary: 'measure a cache of absent names, in a minute',
      load: () => import('./demo.ts'),
    },
    tutorial: {
      group: 'measure',
      summary: "run what GlusterFS's translator tutorial ends with, on two bricks here",
      load: () => import('./tutorial.ts'),
    },
    'mount.glossa': {
      summary: 'the helper of mount(8) for the type glossa',
      load: () => import('./mount-helper.ts'),
    },
    help: {
      summary: 'explain a command or a translator',
      load: async () => ({ default: (await import('./help.ts')).makeHelpCommand(commands) }),
    },
    version: {
      summary: 'print the version',
      load: () => import('./version.ts'),
    },
  } satisfies Record<string, CommandEntry>),
);
