/** Serves a directory: the state of a volume and its fops, which a check of the volume's options does not need. */

import type { Xlator } from '../../../core/xlator.ts';
import { attrFops } from './attr.ts';
import { dataFops } from './data.ts';
import { dirFops } from './dir.ts';
import { entryFops } from './entry.ts';
import { Landfill } from './landfill.ts';
import { closeRemoved } from './removal.ts';
import { RemovedFileScanner } from './removed-files.ts';
import { spaceFops } from './space.ts';
import { computeDefaultHandleLimit, Store, type StoreParts, type StoreSettings } from './store.ts';
import { tmpfileFops } from './tmpfile.ts';
import { xattrFops } from './xattr.ts';

const parts: StoreParts = {
  fops: {
    ...entryFops,
    ...tmpfileFops,
    ...attrFops,
    ...dataFops,
    ...spaceFops,
    ...dirFops,
    ...xattrFops,
  },
  makeLandfill: (store, gfidHandles) => new Landfill(store, gfidHandles),
  closeRemoved,
};

/** Starts to serve the directory. Without `handleLimit`, half of the process's limit of descriptors holds. */
export function openStore(
  xl: Xlator<Store>,
  settings: Omit<StoreSettings, 'handleLimit'> & { readonly handleLimit: number | undefined },
): Store {
  const handleLimit = settings.handleLimit ?? computeDefaultHandleLimit();
  const store = new Store(xl, { ...settings, handleLimit }, parts);
  const removedFiles = new RemovedFileScanner(store);
  store.health.onFound = () => removedFiles.scan();
  return store;
}
