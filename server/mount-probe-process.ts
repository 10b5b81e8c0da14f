/** The child process of mount-probe.ts: mounts on the folder of its argument, unmounts, reports. */
import { openChannel } from '../runtime/mount/fuse/channel.ts';
import { MountError } from '../runtime/mount/fuse/mount-error.ts';

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
// The process that asked may have been killed.
if (process.connected) process.send!({ problem }, () => process.disconnect());
