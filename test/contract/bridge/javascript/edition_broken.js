/** An edition that does not compile: line 3. */

export class xlator (:
