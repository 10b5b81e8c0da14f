/**
 * `node:fs/promises` as another user: a process of that user makes each call, for mounts that admit
 * only their user. Errors keep `code` and `errno`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type * as fs from 'node:fs/promises';
import { asUser, type Caller } from './client.ts';

/** The calls whose arguments and results can be sent to another process; no open files. */
export type Hands = Pick<
  typeof fs,
  'chmod' | 'mkdir' | 'readFile' | 'readdir' | 'rename' | 'rm' | 'writeFile'
> & {
  stat(path: string): Promise<{ size: number; mode: number }>;
};

const SCRIPT = `const fs = require('node:fs/promises');
process.on('message', async ([id, name, args]) => {
  try {
    process.send([id, null, await fs[name](...args)]);
  } catch ({ message, code, errno }) {
    process.send([id, { message, code, errno }]);
  }
});
process.once('disconnect', () => process.exit());
process.send([0, null]);`;

type Answer = readonly [id: number, error: object | null, result: unknown];

/** The process is in `children` from the first call on, for their owner to end it. */
export function startHands(user: Caller, children: Set<ChildProcess>): Hands {
  const waiting = new Map<number, (answer: Answer) => void>();
  let started: Promise<ChildProcess> | undefined;
  let last = 0;

  async function start(): Promise<ChildProcess> {
    const [program, ...args] = [...asUser(user), process.execPath, '-e', SCRIPT];
    const child = spawn(program!, args, {
      cwd: '/',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    children.add(child);
    await once(child, 'message');
    child.on('message', (answer: Answer) => waiting.get(answer[0])!(answer));
    return child;
  }

  async function call(name: string, args: readonly unknown[]): Promise<unknown> {
    started ??= start();
    const child = await started;
    last += 1;
    const id = last;
    const answered = new Promise<Answer>((resolve) => {
      waiting.set(id, resolve);
    });
    child.send([id, name, args]);
    const [, error, result] = await answered;
    waiting.delete(id);
    if (error !== null) throw Object.assign(new Error(), error);
    return result;
  }

  return new Proxy({} as Hands, {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        call(String(name), args),
  });
}
