"""What messages call the things that a module writes; modules for the original glupy write others."""

WORDS = {
    "missing": "is a frame.wind, frame.unwind or frame.fail missing?",
    "twice": "is a return missing, or a look at frame.answered?",
}
