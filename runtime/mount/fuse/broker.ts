/**
 * The *broker*: a shell beside each mount that unmounts for its server, on the server's word or when the server has
 * ended in any other way, by SIGKILL for example. A confined server can neither unmount nor start programs. Over a
 * socket the server sends a word a line, and the broker replies `WORD PROBLEM`: without a problem, it has succeeded.
 */
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { MSG_DONTWAIT, MSG_NOSIGNAL } from '../../sys/constants.ts';
import { poll, recv, send } from '../../sys/libc.ts';
import { readDescriptor } from '../../sys/socket.ts';
import { PollSet } from '../../sys/struct.ts';

/** `sync` writes back cached data, `unmount` detaches, and `abort` also ends the kernel's waiting requests. */
type Word = 'sync' | 'unmount' | 'abort';

/** Milliseconds to wait for a reply. A broker that is stopped or stuck sends none. */
const REPLY_TIMEOUT_MS = 5000;

/**
 * The shell's script. Its arguments are the mount's device, the mount point as mountinfo escapes it (the fifth field; the
 * device is the third) and as it is, and the server's pid. Its input and output are the socket, and descriptor 3 is a
 * `/dev/fuse` of the connection.
 * - `detach` detaches the newest mount at the mount point, if that is the server's.
 * - `respond` replies ENOTCONN to the requests that a killed server leaves behind, until the notifier's thread has ended.
 *   Otherwise the thread, and clients, could wait forever for its reply (docs/how-it-works/mechanisms.md). Of a killed
 *   server, two threads remain: the main thread, until the parent reaps it, and the notifier's, which waits in the kernel.
 * - `dd` reads a whole request, so its block has room for the largest. Without a request it fails, because the device
 *   is nonblocking. `od` prints the first 16 bytes: the unique number begins at byte 8.
 * - `printf` writes struct fuse_out_header: the length, -107 (ENOTCONN), the unique number. For a FORGET, which takes
 *   no reply, the kernel refuses it, and the loop continues.
 *
 * Signals to a service reach the shell, too, which outlives the server; PIPE is for a server that awaits no reply.
 */
const SCRIPT = `
trap '' HUP INT TERM PIPE
device=$1 escaped=$2 mountpoint=$3 server=$4
detach() {
  newest= problem=
  while read -r _ _ other _ point _; do
    [ "$point" != "$escaped" ] || newest="$newest $other"
  done < /proc/self/mountinfo
  case "$newest " in
    *" $device ") problem=$(umount "$@" "$mountpoint" 2>&1 || fusermount3 -u -z -- "$mountpoint" 2>&1) ;;
    *" $device "*) problem='another mount lies over it' ;;
  esac
}
respond() {
  while set -- /proc/$server/task/*; [ $# -gt 1 ]; do
    set -- $(dd bs=2097152 count=1 <&3 | od -An -to1 -N16)
    if [ $# -eq 16 ]; then
      shift 8
      printf '\\20\\0\\0\\0\\225\\377\\377\\377'"\\\\$1\\\\$2\\\\$3\\\\$4\\\\$5\\\\$6\\\\$7\\\\$8" >&3
    else
      sleep 0.1 || sleep 1
    fi
  done
}
while read -r word; do
  case $word in
    sync) printf 'sync %s\\n' "$(sync -f "$mountpoint" 2>&1)" & continue ;;
    unmount) detach -l ;;
    abort) detach -f -l ;;
    *) exit ;;
  esac
  printf '%s %s\\n' "$word" "$problem"
done
respond &
detach -f -l
wait`;

/** Escapes a path as mountinfo does. Source: show_mountinfo in Linux's fs/proc_namespace.c. */
const escapePath = (path: string): string =>
  path.replace(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);

/**
 * Starts a broker. If that fails, the server finds the socket closed.
 * @param device of the mount, as in mountinfo
 * @param pid the server's
 * @param socket the broker's end, blocking
 * @param clone a nonblocking `/dev/fuse` of the connection
 */
export function startBroker(
  device: string,
  mountpoint: string,
  pid: number,
  { socket, clone }: { readonly socket: number; readonly clone: number },
): void {
  const args = [device, escapePath(mountpoint), mountpoint, String(pid)];
  // Detached, so that signals to the server's terminal or group do not reach it.
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'mount-broker', ...args], {
    cwd: '/',
    detached: true,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    stdio: [socket, socket, 'ignore', clone],
  });
  shell.on('error', () => {});
  shell.unref();
}

/** The server's end of the socket. Each reply is a problem, '' for success, or null if the broker does not reply. */
export class Broker {
  private readonly socket: Socket;
  private readonly waiters = new Map<string, (problem: string | null) => void>();
  private received = '';

  /** @param fd the socket, which this object closes */
  constructor(fd: number) {
    this.socket = new Socket({ fd });
    this.socket.unref();
    this.socket.setEncoding('utf8').on('data', (text: string) => {
      this.received += text;
      for (const [word, resolve] of this.waiters) {
        const problem = this.takeReply(word);
        if (problem !== null) resolve(problem);
      }
    });
    // A broker that was killed; 'close' follows.
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      for (const resolve of this.waiters.values()) resolve(null);
    });
  }

  /** The socket, which no other thread may hold open; -1 when the broker has gone. */
  get fd(): number {
    return readDescriptor(this.socket);
  }

  /** Sends a word, and waits for the reply, for a limited time. */
  async ask(word: Word): Promise<string | null> {
    if (this.fd < 0) return null;
    this.socket.write(`${word}\n`);
    const timer = setTimeout(() => this.waiters.get(word)?.(null), REPLY_TIMEOUT_MS);
    const problem = await new Promise<string | null>((resolve) => {
      this.waiters.set(word, resolve);
    });
    this.waiters.delete(word);
    clearTimeout(timer);
    return problem;
  }

  /** Does the same within the call, for a process that exits now. */
  askSynchronously(word: Word): string | null {
    const [line, buffer, ready] = [
      Buffer.from(`${word}\n`),
      Buffer.alloc(4096),
      new PollSet([this.fd]),
    ];
    if (this.fd < 0 || send(this.fd, line, line.length, MSG_NOSIGNAL) < 0) return null;
    while (poll(ready.bytes, 1, REPLY_TIMEOUT_MS) > 0) {
      const count = recv(this.fd, buffer, buffer.length, MSG_DONTWAIT);
      if (count <= 0) break;
      this.received += buffer.toString('utf8', 0, count);
      const problem = this.takeReply(word);
      if (problem !== null) return problem;
    }
    return null;
  }

  /** Ends the broker, which leaves the mount as it is. */
  end(): void {
    if (this.fd >= 0) this.socket.end('end\n');
  }

  /** Takes the reply to a word, if it has arrived. A problem of several lines is cut after the first. */
  private takeReply(word: string): string | null {
    const reply = new RegExp(`^${word} (.*)\\n`, 'm').exec(this.received);
    if (reply === null) return null;
    this.received = this.received.slice(reply.index + reply[0].length);
    return reply[1]!;
  }
}
