"""Words of messages for the parts of a module; modules for the original glupy use others."""

WORDS = {
    "missing": "is a frame.wind, frame.unwind or frame.fail missing?",
    "twice": "is a return missing, or a look at frame.answered?",
}
