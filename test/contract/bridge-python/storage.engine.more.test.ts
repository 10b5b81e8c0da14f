/** The same under coroutines that answer later. */
import { storageContract } from '../bridge/storage.ts';

storageContract('late');
