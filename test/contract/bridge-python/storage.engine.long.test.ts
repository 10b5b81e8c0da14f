/**
 * Runs the storage contract under modules that pass every fop on, by callbacks and by coroutines.
 */
import { storageContract } from '../bridge/storage.ts';

storageContract('both', 'late');
