"""Finds the name that a misspelt one most likely means."""


def nearest(name, names, plain=str.lower):
    """The nearest of some names, at one edit per three letters (one at least); None if none is
    near. `plain` normalizes a name for the comparison.
    """
    word = plain(name)
    found, least = None, max(1, len(word) // 3) + 1
    for one in sorted(names):
        other = plain(one)
        edits = _distance(word, other) if abs(len(other) - len(word)) < least else least
        if edits < least:
            found, least = one, edits
    return found


def _distance(a, b):
    """The number of letters inserted, omitted, replaced or swapped."""
    before, last = [], list(range(len(b) + 1))
    for i, x in enumerate(a):
        row = [i + 1]
        for j, y in enumerate(b):
            row.append(min(last[j + 1] + 1, row[j] + 1, last[j] + (x != y)))
            if i and j and x == b[j - 1] and a[i - 1] == y:
                row[-1] = min(row[-1], before[j - 1] + 1)
        before, last = last, row
    return last[-1]
