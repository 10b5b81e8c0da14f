import { Translator } from 'glossa';

export class xlator extends Translator {}
