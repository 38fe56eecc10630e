def longest_run(values: list) -> int:
    """Return the length of the longest run of equal neighbours."""
    best = 0
    length = 0
    last = None
    for v in values:
        if v == last:
            length += 1
        else:
            length = 1
            last = v
        best = max(best, length)
    return best
# ---
from typing import List


def merge_spans(spans: List[List[int]], gap: int = 0) -> List[List[int]]:
    """Join spans that overlap or lie at most gap apart.

    >>> merge_spans([[1, 3], [2, 5]])
    [[1, 5]]
    """
    out: List[List[int]] = []
    for lo, hi in sorted(spans):
        if out and lo <= out[-1][1] + gap:
            out[-1][1] = max(out[-1][1], hi)  # <= and + stay in this comment
        else:
            out.append([lo, hi])
    return out
# ---
def digital_root(n: int, base: int = 10) -> int:
    """Add up the digits of n until one is left."""
    while n >= base:
        total = 0
        while n > 0:
            total += n % base
            n //= base
        n = total
    return n
# ---
def caesar(text: str, shift: int) -> str:
    """Shift letters, keep the rest: 'a' + 1 == 'b' and not "c"."""
    def turn(c, first):
        return chr((ord(c) - ord(first) + shift) % 26 + ord(first))

    res = []
    for c in text:
        if 'a' <= c <= 'z':
            res.append(turn(c, 'a'))
        elif 'A' <= c <= 'Z':
            res.append(turn(c, 'A'))
        else:
            res.append(c)
    return ''.join(res)
# ---
def is_prime(n: int) -> bool:
    """Tell whether n is prime."""
    if n < 2:
        return False
    for k in range(2, int(n ** 0.5) + 1):
        if n % k == 0:
            return False
    return True
# ---
def top_words(text: str, k: int) -> list:
    """The k most frequent words, ties by alphabet."""
    counts = {}
    for w in text.lower().split():
        counts[w] = counts.get(w, 0) + 1
    ranked = sorted(counts.items(), key=lambda p: (-p[1], p[0]))
    return [w for w, _ in ranked[:k] if not w.startswith('#')]
# ---
def transpose(rows: list) -> list:
    """Swap rows and columns; short rows count as filled with None."""
    width = max((len(r) for r in rows), default=0)
    return [[r[i] if i < len(r) else None for r in rows]
            for i in range(width)]
# ---
def edit_distance(a: str, b: str) -> int:
    r"""Levenshtein distance, with a \ in the docstring."""
    row = list(range(len(b) + 1))
    for i in range(1, len(a) + 1):
        diagonal, row[0] = row[0], i
        for j in range(1, len(b) + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            diagonal, row[j] = row[j], min(
                row[j] + 1,
                row[j - 1] + 1,
                diagonal + cost,
            )
    return row[-1]
# ---
def balanced(text: str) -> bool:
    """Tell whether the brackets of text match."""
    pairs = {')': '(', ']': '[', '}': '{'}
    stack = []
    for c in text:
        if c in '([{':
            stack.append(c)
        elif c in pairs:
            if not stack or stack.pop() != pairs[c]:
                return False
    return not stack
# ---
def clamp_all(xs, lo=-1, hi=+1, *rest, **more):
    """Clamp every number, and say what changed."""
    out = []; changed = False
    for x in [*xs, *rest]:
        y = lo if x < lo else hi if x > hi else x
        if y is not x and not (y == x): changed = True
        out.append(f"{y:+d} {'<' if x < lo else '>'}" if more.get('text') else y)
    total = sum(out) if not more \
        else -abs(len(out))
    assert total is None or len(out) == len(xs) + len(rest)
    return out, changed, total
