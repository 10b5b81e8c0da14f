/**
 * Tries to leave a server, in the place of an engine that a module has broken out of: it is loaded into the server by
 * `node --require`, and has all the rights of the process. When the file `go` appears in the data folder, it makes each
 * attempt from the main thread, from libuv's pool and from a worker, and writes what succeeded to `escaped.json` there.
 *
 * An attempt returns whether it succeeded; all are calls of libc, so that they can be made from every thread.
 */
'use strict';
const fs = require('node:fs');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');

/** Numbers of system calls, on x86-64 and arm64. */
const CALLS = {
  mount: [165, 40],
  umount2: [166, 39],
  chroot: [161, 51],
  setns: [308, 268],
  unshare: [272, 97],
  pivot_root: [155, 41],
  open_tree: [428, 428],
  fsopen: [430, 430],
  bpf: [321, 280],
  keyctl: [250, 219],
  add_key: [248, 217],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  kexec_load: [246, 104],
  reboot: [169, 142],
  sethostname: [170, 161],
  syslog: [103, 116],
  acct: [163, 89],
  personality: [135, 92],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  pidfd_open: [434, 434],
  pidfd_send_signal: [424, 424],
  kill: [62, 129],
  tgkill: [234, 131],
  tkill: [200, 130],
  prlimit64: [302, 261],
  setpriority: [141, 140],
  shmget: [29, 194],
  msgget: [68, 186],
  semget: [64, 190],
  memfd_create: [319, 279],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  openat2: [437, 437],
  init_module: [175, 105],
  fanotify_init: [300, 262],
  clock_settime: [227, 112],
  swapoff: [168, 225],
  settimeofday: [164, 170],
  renameat2: [316, 276],
  clone3: [435, 435],
};
const column = process.arch === 'x64' ? 0 : 1;

/** Makes the calls of a thread: `inPool` makes them from libuv's pool. */
function makeCalls(koffi, inPool) {
  const program = koffi.load(null);
  const bound = new Map();
  /** Calls a function of libc by its prototype. */
  const call = (prototype, ...args) => {
    if (!bound.has(prototype)) bound.set(prototype, program.func(prototype));
    const native = bound.get(prototype);
    if (!inPool) return Number(native(...args));
    return new Promise((resolve, reject) => {
      native.async(...args, (error, result) => (error ? reject(error) : resolve(Number(result))));
    });
  };
  const addressOf = (value) => (typeof value === 'string' ? Buffer.from(`${value}\0`) : value);
  /** Makes a system call; a text or a buffer is passed by its address. */
  const system = async (name, ...args) => {
    const held = args.map(addressOf);
    const words = [...held, 0, 0, 0, 0, 0, 0]
      .slice(0, 6)
      .map((value) => (Buffer.isBuffer(value) ? koffi.address(value) : value));
    const prototype = `int64 syscall(int64 number, ${'abcdef'
      .split('')
      .map((letter) => `int64 ${letter}`)
      .join(', ')})`;
    const result = await call(prototype, CALLS[name][column], ...words);
    return held.length < 0 ? -1 : result;
  };
  const open = (path, flags = 0, mode = 0o600) =>
    call('int open(const char *path, int flags, int mode)', path, flags, mode);
  const close = (fd) => call('int close(int fd)', fd);
  const read = async (path, flags = 0) => {
    const fd = await open(path, flags);
    if (fd < 0) return false;
    const count = await call(
      'int64 read(int fd, void *into, size_t count)',
      fd,
      Buffer.alloc(16),
      16,
    );
    await close(fd);
    return count > 0;
  };
  const opens = async (path, flags) => {
    const fd = await open(path, flags);
    if (fd >= 0) await close(fd);
    return fd >= 0;
  };
  /** Starts a program, and waits for its end. */
  const start = async (path, args, env = []) => {
    const vector = (texts) => {
      const buffers = texts.map((text) => Buffer.from(`${text}\0`));
      const pointers = Buffer.alloc(8 * (texts.length + 1));
      for (const [i, buffer] of buffers.entries())
        pointers.writeBigUInt64LE(BigInt(koffi.address(buffer)), 8 * i);
      return [pointers, buffers];
    };
    const [argv, environment, pid] = [vector([path, ...args]), vector(env), Buffer.alloc(4)];
    const prototype =
      'int posix_spawn(void *pid, const char *path, void *a, void *b, void *argv, void *env)';
    if ((await call(prototype, pid, path, null, null, argv[0], environment[0])) !== 0) return false;
    const status = Buffer.alloc(4);
    await call('int waitpid(int pid, void *status, int options)', pid.readInt32LE(0), status, 0);
    // Not the 127 of an exec that failed.
    return argv.length > 0 && status.readInt32LE(0) !== 127 << 8;
  };
  const socket = (family, type, protocol = 0) =>
    call('int socket(int family, int type, int protocol)', family, type, protocol);
  /** Makes a socket, and calls a function with it and an address. */
  const withAddress = async (prototype, fd, address, ...more) => {
    if (fd < 0) return false;
    const status = await call(prototype, fd, ...more, address, address.length);
    await close(fd);
    return status >= 0;
  };
  const connect = (fd, address) =>
    withAddress('int connect(int fd, const void *name, uint32 size)', fd, address);
  return { call, system, open, close, read, opens, start, socket, connect, withAddress };
}

const { O_WRONLY, O_CREAT, O_DIRECTORY } = fs.constants;
const O_PATH = 0o10000000;
const O_TMPFILE = 0o20000000 | O_DIRECTORY;
const [AF_UNIX, AF_INET, AF_NETLINK, AF_PACKET, AF_ALG, AF_VSOCK] = [1, 2, 16, 17, 38, 40];
const [STREAM, DGRAM, RAW] = [1, 2, 3];

const inetAddress = (port) =>
  Buffer.from([AF_INET, 0, port >> 8, port & 255, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
const unixAddress = (name) =>
  Buffer.concat([Buffer.from([AF_UNIX, 0]), Buffer.from(name), Buffer.alloc(1)]);
const abstractAddress = (name) => Buffer.concat([Buffer.from([AF_UNIX, 0, 0]), Buffer.from(name)]);

/**
 * The attempts. `c` has the calls, `t` the targets of the test, and `own` a name that no other attempt of this run takes.
 * Those of `ROOT`
 * succeed without a wall for root alone.
 */
const ATTEMPTS = {
  // -- files
  'read by path': (c, t) => c.read(t.secret),
  'read by ..': (c, t) => c.read(`${t.data}/../outside/secret`),
  'read by a symbolic link in the volume': async (c, t, own) => {
    await c.call('int symlink(const char *target, const char *path)', t.secret, `${t.data}/${own}`);
    return c.read(`${t.data}/${own}`);
  },
  'read by a hard link in the volume': async (c, t, own) => {
    await c.call('int link(const char *from, const char *to)', t.secret, `${t.data}/${own}`);
    return c.read(`${t.data}/${own}`);
  },
  'read by /proc/self/root': (c, t) => c.read(`/proc/self/root${t.secret}`),
  'read by the working folder of another process': (c, t) => c.read(`/proc/${t.pid}/cwd/secret`),
  'read by the root of another process': (c, t) => c.read(`/proc/${t.pid}/root${t.secret}`),
  'read by a descriptor of another process': (c, t) => c.read(`/proc/${t.pid}/fd/0`),
  'read by an O_PATH descriptor': async (c, t) => {
    const fd = await c.open(t.secret, O_PATH);
    return fd >= 0 && c.read(`/proc/self/fd/${fd}`);
  },
  'read by openat2': async (c, t) =>
    (await c.system('openat2', -100, t.secret, Buffer.alloc(24), 24)) >= 0,
  'list a folder': (c, t) => c.opens(t.outside, O_DIRECTORY),
  'write a file': (c, t) => c.opens(t.secret, O_WRONLY),
  'truncate a file': async (c, t) =>
    (await c.call('int truncate(const char *path, int64 size)', `${t.outside}/cut`, 0)) === 0,
  'make a file': (c, t, own) => c.opens(`${t.outside}/${own}`, O_WRONLY | O_CREAT),
  'make a file without a name': (c, t) => c.opens(t.outside, O_WRONLY | O_TMPFILE),
  'make a folder': async (c, t, own) =>
    (await c.call('int mkdir(const char *path, int mode)', `${t.outside}/${own}`, 0o700)) === 0,
  'make a symbolic link': async (c, t, own) =>
    (await c.call(
      'int symlink(const char *target, const char *path)',
      '/',
      `${t.outside}/${own}`,
    )) === 0,
  'move a file into the volume': async (c, t, own) =>
    (await c.call(
      'int rename(const char *from, const char *to)',
      `${t.outside}/to-move-${t.thread}`,
      `${t.data}/${own}`,
    )) === 0,
  'move a file out of the volume': async (c, t, own) => {
    await c.opens(`${t.data}/${own}`, O_WRONLY | O_CREAT);
    return (
      (await c.call(
        'int rename(const char *from, const char *to)',
        `${t.data}/${own}`,
        `${t.outside}/${own}`,
      )) === 0
    );
  },
  'link a file of the volume outside': async (c, t, own) => {
    await c.opens(`${t.data}/${own}`, O_WRONLY | O_CREAT);
    return (
      (await c.call(
        'int link(const char *from, const char *to)',
        `${t.data}/${own}`,
        `${t.outside}/${own}`,
      )) === 0
    );
  },
  'remove a file': async (c, t) =>
    (await c.call('int unlink(const char *path)', `${t.outside}/to-remove-${t.thread}`)) === 0,
  'remove a folder': async (c, t) =>
    (await c.call('int rmdir(const char *path)', `${t.outside}/folder-${t.thread}`)) === 0,
  'write the volfile': (c, t) => c.opens(t.volfile, O_WRONLY),
  'write the compiled code that commands load': (c, t, own) =>
    c.opens(`${t.programCache}/${own}`, O_WRONLY | O_CREAT),
  'open the memory of another process': (c, t) => c.opens(`/proc/${t.pid}/mem`, 0),
  'open a device': (c) => c.read('/dev/zero'),
  // -- programs
  'start a shell': (c) => c.start('/bin/sh', ['-c', 'exit 0']),
  'start Node': (c, t) => c.start(t.node, ['--version']),
  'start a program by its loader': (c, t) => c.start(t.loader, ['/bin/true']),
  'start a program of the volume': (c, t) => c.start(`${t.data}/program`, []),
  'start a program in memory': async (c) => {
    const fd = await c.system('memfd_create', 'program', 0);
    await c.call(
      'int64 write(int fd, const void *from, size_t count)',
      fd,
      Buffer.from('#!/bin/sh\nexit 0\n'),
      17,
    );
    return c.start(`/proc/self/fd/${fd}`, []);
  },
  'start a program with LD_PRELOAD': (c, t) =>
    c.start(t.node, ['--version'], [`LD_PRELOAD=${t.data}/x.so`]),
  // -- processes
  'signal a process': async (c, t) => (await c.system('kill', t.pid, 0)) === 0,
  'signal all processes': async (c) => (await c.system('kill', -1, 0)) === 0,
  'signal a thread': async (c, t) => (await c.system('tgkill', t.pid, t.pid, 0)) === 0,
  'signal a thread without its process': async (c, t) => (await c.system('tkill', t.pid, 0)) === 0,
  'signal by a descriptor of a process': async (c, t) => {
    const fd = await c.system('pidfd_open', t.pid, 0);
    return fd >= 0 && (await c.system('pidfd_send_signal', fd, 0, 0, 0)) === 0;
  },
  'signal by the owner of a pipe': async (c, t) => {
    const pipe = Buffer.alloc(8);
    await c.call('int pipe(void *pair)', pipe);
    return (
      (await c.call(
        'int fcntl(int fd, int command, int64 argument)',
        pipe.readInt32LE(0),
        8,
        t.pid,
      )) === 0
    );
  },
  'trace a process': async (c, t) => (await c.system('ptrace', 0x4206, t.pid, 0, 0)) === 0,
  'read the memory of a process': async (c, t) =>
    (await c.system('process_vm_readv', t.pid, 0, 0, 0, 0, 0)) === 0,
  'read the limits of a process': async (c, t) =>
    (await c.system('prlimit64', t.pid, 7, 0, Buffer.alloc(16))) === 0,
  'slow a process': async (c, t) => (await c.system('setpriority', 0, t.pid, 19)) === 0,
  // -- sockets
  'connect by TCP': async (c, t) =>
    c.connect(await c.socket(AF_INET, STREAM), inetAddress(t.tcpPort)),
  'connect by multipath TCP': async (c, t) =>
    c.connect(await c.socket(AF_INET, STREAM, 262), inetAddress(t.tcpPort)),
  'connect by the first data of TCP': async (c, t) =>
    c.withAddress(
      'int64 sendto(int fd, const void *from, size_t count, int flags, const void *name, uint32 size)',
      await c.socket(AF_INET, STREAM),
      inetAddress(t.tcpPort),
      Buffer.from('x'),
      1,
      0x20000000,
    ),
  'listen by TCP': async (c, _t) =>
    c.withAddress(
      'int bind(int fd, const void *name, uint32 size)',
      await c.socket(AF_INET, STREAM),
      inetAddress(0),
    ),
  'send by UDP': async (c, t) => c.connect(await c.socket(AF_INET, DGRAM), inetAddress(t.tcpPort)),
  'connect to a UNIX socket': async (c, t) =>
    c.connect(await c.socket(AF_UNIX, STREAM), unixAddress(t.unixSocket)),
  'connect to an abstract socket': async (c, t) =>
    c.connect(await c.socket(AF_UNIX, STREAM), abstractAddress(t.abstractSocket)),
  'connect to the control socket of another server': async (c, t) =>
    c.connect(await c.socket(AF_UNIX, STREAM), abstractAddress(t.controlSocket)),
  'make a UNIX socket of datagrams': async (c) => (await c.socket(AF_UNIX, DGRAM)) >= 0,
  'make a pair of UNIX sockets of datagrams': async (c) =>
    (await c.call(
      'int socketpair(int family, int type, int protocol, void *pair)',
      AF_UNIX,
      DGRAM,
      0,
      Buffer.alloc(8),
    )) === 0,
  'hear the kernel by netlink': async (c) => (await c.socket(AF_NETLINK, RAW, 15)) >= 0,
  // -- the kernel
  'make a key': async (c, _t, own) => (await c.system('add_key', 'user', own, 'x', 1, -2)) >= 0,
  'find a key ring': async (c) => (await c.system('keyctl', 0, -4, 1)) >= 0,
  'make a ring of io_uring': async (c) =>
    (await c.system('io_uring_setup', 1, Buffer.alloc(120))) >= 0,
  'make shared memory': async (c) => (await c.system('shmget', 0, 4096, 0o1600)) >= 0,
  'make a queue of messages': async (c) => (await c.system('msgget', 0, 0o1600)) >= 0,
  'make semaphores': async (c) => (await c.system('semget', 0, 1, 0o1600)) >= 0,
  'read the personality': async (c) => (await c.system('personality', 0xffffffff)) >= 0,
};

const ROOT = {
  'write the installation': (c, t) => c.opens(t.installed, O_WRONLY),
  'make a file in the installation': async (c, t, own) => {
    const made = await c.opens(`${t.installation}/${own}`, O_WRONLY | O_CREAT);
    if (made) await c.call('int unlink(const char *path)', `${t.installation}/${own}`);
    return made;
  },
  'open a file by its handle': async (c, t) => {
    const handle = Buffer.alloc(136);
    handle.writeUInt32LE(128, 0);
    if ((await c.system('name_to_handle_at', -100, t.secret, handle, Buffer.alloc(8), 0)) < 0)
      return false;
    const fd = await c.system('open_by_handle_at', await c.open(t.data, O_DIRECTORY), handle, 0);
    return (
      fd >= 0 &&
      (await c.call('int64 read(int fd, void *into, size_t count)', fd, Buffer.alloc(16), 16)) > 0
    );
  },
  'read /etc/shadow': (c) => c.read('/etc/shadow'),
  'write /etc/cron.d': async (c, _t, own) => {
    const made = await c.opens(`/etc/${own}`, O_WRONLY | O_CREAT);
    if (made) await c.call('int unlink(const char *path)', `/etc/${own}`);
    return made;
  },
  'write a setting of the kernel': (c) => c.opens('/proc/sys/kernel/core_pattern', O_WRONLY),
  'make a device': async (c, t, own) =>
    (await c.call(
      'int mknod(const char *path, uint32 mode, uint64 device)',
      `${t.data}/${own}`,
      0o20666,
      0x105,
    )) === 0,
  mount: async (c, t) =>
    (await c.system('mount', 'none', `${t.outside}/point-${t.thread}`, 'tmpfs', 0, 0)) === 0,
  'mount a folder elsewhere': async (c, t) =>
    (await c.system('mount', t.outside, `${t.data}/point-${t.thread}`, 0, 4096, 0)) === 0,
  unmount: async (c, t) => (await c.system('umount2', `${t.outside}/mounted-${t.thread}`, 2)) === 0,
  'clone a mount': async (c, t) => (await c.system('open_tree', -100, t.outside, 1)) >= 0,
  'open a file system': async (c) => (await c.system('fsopen', 'tmpfs', 0)) >= 0,
  'change the root': async (c) => (await c.system('chroot', '/')) === 0,
  'enter a namespace': async (c) => {
    const fd = await c.open('/proc/self/ns/uts');
    return fd >= 0 && (await c.system('setns', fd, 0)) === 0;
  },
  'leave a namespace': async (c) => (await c.system('unshare', 0x4000000)) === 0,
  'name the machine': async (c, t) =>
    (await c.system('sethostname', t.hostname, t.hostname.length)) === 0,
  'stop the keys that restart the machine': async (c) =>
    (await c.system('reboot', 0xfee1dead, 672274793, 0, 0)) === 0,
  'read the log of the kernel': async (c) => (await c.system('syslog', 10, 0, 0)) >= 0,
  'switch accounting off': async (c) => (await c.system('acct', 0)) === 0,
  'make a map of BPF': async (c) => {
    const attributes = Buffer.alloc(128);
    for (const [i, value] of [2, 4, 4, 1].entries()) attributes.writeUInt32LE(value, 4 * i);
    return (await c.system('bpf', 0, attributes, 128)) >= 0;
  },
  'count events of the processor': async (c) => {
    const attributes = Buffer.alloc(112);
    attributes.writeUInt32LE(1, 0);
    attributes.writeUInt32LE(112, 4);
    return (await c.system('perf_event_open', attributes, 0, -1, -1, 0)) >= 0;
  },
  'handle page faults': async (c) => (await c.system('userfaultfd', 0)) >= 0,
  'watch a file system': async (c) => (await c.system('fanotify_init', 0, 0)) >= 0,
  'make a raw socket': async (c) => (await c.socket(AF_INET, RAW, 1)) >= 0,
  'make a packet socket': async (c) => (await c.socket(AF_PACKET, RAW, 0)) >= 0,
};
/** What some kernels are built without: no attempt of theirs can succeed. */
const RARE = {
  'write the trigger of the kernel': (c) => c.opens('/proc/sysrq-trigger', O_WRONLY),
  'read the root of process 1': (c) => c.read('/proc/1/root/etc/passwd'),
  'load another kernel': async (c) => (await c.system('kexec_load', 0, 0, 0, 0)) === 0,
  "make a socket of the kernel's ciphers": async (c) => (await c.socket(AF_ALG, 5)) >= 0,
  'make a socket to the host': async (c) => (await c.socket(AF_VSOCK, STREAM)) >= 0,
};

/** What the wall does not keep; the documentation says so. `ofRoot`: what root alone reaches. */
const KNOWN = {
  'change the mode of a file': async (c, t) =>
    (await c.call('int chmod(const char *path, uint32 mode)', t.secret, 0o644)) === 0,
  'change the times of a file': async (c, t) =>
    (await c.call('int utimes(const char *path, void *times)', t.secret, Buffer.alloc(32))) === 0,
  'change an attribute of a file': async (c, t) =>
    (await c.call(
      'int setxattr(const char *path, const char *name, const void *value, size_t size, int flags)',
      t.secret,
      'user.x',
      'x',
      1,
      0,
    )) === 0,
  'see the size of a file': async (c, t) =>
    (await c.call('int access(const char *path, int mode)', t.secret, 0)) === 0,
  'read the command of another process': (c, t) => c.read(`/proc/${t.pid}/cmdline`),
};
/** The same, for root alone: the capability SYS_ADMIN shows the memory maps and environments of all processes. */
const KNOWN_OF_ROOT = {
  'read the environment of another process': (c, t) => c.read(`/proc/${t.pid}/environ`),
};

/** Makes all attempts from this thread; returns the names of those that succeeded. */
async function tryAll(targets, thread) {
  const koffi = require(targets.koffi);
  const calls = makeCalls(koffi, thread === 'pool');
  const t = { ...targets, thread, pid: targets.pids[thread] };
  const succeeded = [];
  for (const [i, [name, attempt]] of Object.entries({
    ...ATTEMPTS,
    ...ROOT,
    ...RARE,
    ...KNOWN,
    ...KNOWN_OF_ROOT,
  }).entries()) {
    try {
      if (await attempt(calls, t, `escaped-${thread}-${i}`)) succeeded.push(name);
    } catch (error) {
      succeeded.push(`${name}: ${error.stack}`);
    }
  }
  return succeeded;
}

/** Waits for `go`, and makes the attempts from each thread in turn. */
function waitForGo(targets) {
  const timer = setInterval(async () => {
    if (!fs.existsSync(`${targets.data}/go`)) return;
    clearInterval(timer);
    const result = { main: await tryAll(targets, 'main'), pool: await tryAll(targets, 'pool') };
    const worker = new Worker(__filename, { workerData: { targets }, execArgv: [], env: {} });
    result.worker = await new Promise((resolve) => {
      worker.once('message', resolve).once('error', (error) => resolve([error.stack]));
    });
    fs.writeFileSync(`${targets.data}/begun`, JSON.stringify(result));
    fs.renameSync(`${targets.data}/begun`, `${targets.data}/escaped.json`);
  }, 20);
}

if (
  process.env.GLOSSA_ESCAPES !== undefined &&
  process.env.GLOSSA_SERVER !== undefined &&
  isMainThread
) {
  waitForGo(JSON.parse(process.env.GLOSSA_ESCAPES));
} else if (!isMainThread && workerData?.targets !== undefined) {
  tryAll(workerData.targets, 'worker').then((succeeded) => parentPort.postMessage(succeeded));
}

module.exports = {
  attempts: Object.keys(ATTEMPTS),
  ofRoot: Object.keys(ROOT),
  rare: Object.keys(RARE),
  known: Object.keys(KNOWN),
  knownOfRoot: Object.keys(KNOWN_OF_ROOT),
};
