/**
 * Starts a shell that runs a script once the server has ended, in any way: the shell sleeps until the
 * server's end of a pipe closes. It is small, and has no other task.
 */
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Starts the shell; the result ends it. Without a shell nothing happens.
 * @param name its `$0`, for readers of ps(1)
 * @param args its `$1`, `$2`, …
 * @param fd its descriptor 3
 */
export function startOrphanShell(
  name: string,
  script: string,
  args: readonly string[],
  fd: number | 'ignore' = 'ignore',
): () => void {
  // Signals to a service reach the shell, too, which outlives the server.
  const program = `trap '' HUP INT TERM\nread -r _\n${script}`;
  // Detached, so that signals to the server's terminal or group do not reach it.
  const shell = spawn('/bin/sh', ['-c', program, name, ...args], {
    cwd: '/',
    detached: true,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    stdio: ['pipe', 'ignore', 'ignore', fd],
  });
  shell.on('error', () => {});
  shell.unref();
  (shell.stdin as Socket | null)?.unref();
  return () => void shell.kill('SIGKILL');
}
