"""An edition that does not compile: line 3."""

class xlator(:
