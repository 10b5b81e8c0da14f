/** features/glupy, as volfiles name it: the host translator with every language that there is. */
import { glupyFor } from './host/index.ts';
import { hostedLanguages } from './languages.ts';

export default glupyFor(hostedLanguages);
