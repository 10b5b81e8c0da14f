/**
 * Tries to mount on the folder of its argument, unmounts again, and sends the result to its parent:
 * the child process that mount-probe.ts starts.
 */
import { openChannel } from '../runtime/mount/fuse/channel.ts';
import { MountError } from '../runtime/mount/fuse/mount-error.ts';

/** Resolves to why mounting fails; to null if it works. */
async function tryMount(mountpoint: string): Promise<string | null> {
  try {
    const options = { source: 'glossa', allowOther: false, readOnly: true, maxRead: 4096 };
    const channel = await openChannel({ mountpoint, ...options });
    channel.close();
    await channel.unmount();
    return null;
  } catch (error) {
    if (error instanceof MountError) return error.message.replace(/^cannot mount on .*?: /, '');
    throw error;
  }
}

const problem = await tryMount(process.argv[2]!);
// The parent may have been killed meanwhile.
if (process.connected) process.send!({ problem }, () => process.disconnect());
