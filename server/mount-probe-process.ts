/**
 * Mounts on the folder that is its argument, unmounts again, and sends the result to its parent. It
 * is the program of the child process that mount-probe.ts starts.
 */
import { openChannel } from '../runtime/mount/fuse/channel.ts';
import { MountError } from '../runtime/mount/fuse/mount-error.ts';

/** Mounts and unmounts; resolves to the reason why mounting fails, or to null if it works. */
async function tryMount(mountpoint: string): Promise<string | null> {
  try {
    const place = { mountpoint, allowOther: false, readOnly: true };
    const channel = await openChannel(place, { source: 'glossa', isRemote: false });
    await channel.unmount();
    channel.close();
    return null;
  } catch (error) {
    // Removes the mount point from the message: it is a temporary folder that the user does not
    // know.
    if (error instanceof MountError) return error.message.replace(/^cannot mount on .*?: /, '');
    throw error;
  }
}

void tryMount(process.argv[2]!).then((problem) => {
  // The parent may have been killed meanwhile.
  if (process.connected) process.send!({ problem }, () => process.disconnect());
});
