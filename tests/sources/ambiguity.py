"""How long a regular expression may take, by its shape: a judge for the tests, which needs no clock.

A backtracking matcher takes more than linear time where one part of a text can be divided between two loops in many
ways. Formally: there are places p and q in the expression and a text that leads from p to p, from p to q and from q to
q (Weber and Seidl, "On the degree of ambiguity of finite automata", criterion IDA; exponential ambiguity implies it),
or two ways from one place to the next. What is judged too slow may be quick; what is judged linear is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from re import _constants as op, _parser  # type: ignore[attr-defined]  # isort: skip - there is no public parser

_SAMPLES = frozenset(map(chr, range(0x180))) | set("\u2013\u2028\u202e\u0660\ud800\uffff\u96fb")
_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s", op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
_LOOPS = (op.MAX_REPEAT, op.MIN_REPEAT)


How = Literal["fullmatch", "match", "search"]
"""From beginning to end; from the beginning; anywhere, as with sub and split too."""


def is_linear(pattern: re.Pattern[Any], how: How) -> bool:
    """True when looking for the pattern takes time in proportion to the text."""
    text = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    automaton = _Automaton(_SAMPLES | set(text), ignore_case=bool(pattern.flags & re.IGNORECASE))
    whole = automaton.sequence(_parser.parse(text, pattern.flags & ~re.UNICODE))
    loops = {place for place in automaton.reach if place in automaton.reached(place)}
    safe: set[int] = set()
    if how != "fullmatch":
        safe = loops & set(whole.last)  # nothing can fail any more: no other way is tried
    if how == "search":
        anywhere = automaton.place(automaton.samples)
        automaton.follow([anywhere], [anywhere, *whole.first])
        loops.add(anywhere)
    twice = any(count > 1 and edge[0] in loops for edge, count in automaton.edges.items())
    return not twice and not any(automaton.divides(p, q) for p in loops for q in loops - safe - {p})


@dataclass
class _Part:
    """A part of an expression by its places (https://en.wikipedia.org/wiki/Glushkov's_construction_algorithm)."""

    empty: bool = True
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)


class _Automaton:
    def __init__(self, samples: frozenset[str], *, ignore_case: bool) -> None:
        self.samples, self.ignore_case = samples, ignore_case
        self.sets: list[frozenset[str]] = []
        self.edges: Counter[tuple[int, int]] = Counter()
        self.reach: dict[int, set[int]] = {}

    def place(self, characters: Iterable[str]) -> int:
        taken = set(characters)
        if self.ignore_case:
            taken |= {form for each in taken for form in (each.lower(), each.upper())}
        self.sets.append(self.samples & taken)
        self.reach[len(self.sets) - 1] = set()
        return len(self.sets) - 1

    def follow(self, before: Iterable[int], after: Sequence[int]) -> None:
        for edge in ((one, other) for one in before for other in after):
            self.edges[edge] += 1
            self.reach[edge[0]].add(edge[1])

    def sequence(self, nodes: Iterable[Any]) -> _Part:
        whole = _Part()
        for code, value in nodes:
            part = self.part(code, value)
            self.follow(whole.last, part.first)
            whole = _Part(
                empty=whole.empty and part.empty,
                first=whole.first + (part.first if whole.empty else []),
                last=part.last + (whole.last if part.empty else []),
            )
        return whole

    def part(self, code: Any, value: Any) -> _Part:
        if code is op.AT:
            return _Part()
        if code is op.SUBPATTERN:
            return self.sequence(value[3])
        if code is op.BRANCH:
            parts = [self.sequence(branch) for branch in value[1]]
            return _Part(
                empty=any(part.empty for part in parts),
                first=[place for part in parts for place in part.first],
                last=[place for part in parts for place in part.last],
            )
        if code in _LOOPS:
            return self.repeated(*value)
        place = self.place(self.characters(code, value))
        return _Part(empty=False, first=[place], last=[place])

    def repeated(self, least: int, most: Any, body: Any) -> _Part:
        """So many copies as must be there, then a loop, or as many as may be there."""
        copies = [self.sequence(body) for _ in range(least)]
        if most is op.MAXREPEAT:
            loop = self.sequence(body)
            self.follow(loop.last, loop.first)
            optional = [loop]
        else:
            optional = [self.sequence(body) for _ in range(most - least)]
        whole = _Part()
        for number, part in enumerate([*copies, *optional]):
            may_lack = part.empty or number >= least
            self.follow(whole.last, part.first)
            whole = _Part(
                empty=whole.empty and may_lack,
                first=whole.first + (part.first if whole.empty else []),
                last=part.last + (whole.last if may_lack else []),
            )
        return whole

    def characters(self, code: Any, value: Any) -> set[str]:
        if code is op.ANY:
            return set(self.samples) - {"\n"}
        if code is op.LITERAL:
            return {chr(value)}
        if code is op.NOT_LITERAL:
            return set(self.samples) - {chr(value)}
        if code is op.RANGE:
            return {each for each in self.samples if value[0] <= ord(each) <= value[1]}
        if code is op.CATEGORY:
            return {each for each in self.samples if re.fullmatch(_CATEGORIES[value], each)}
        assert code is op.IN, f"{code} is not understood"
        negated = value[0][0] is op.NEGATE
        named = set().union(*(self.characters(*item) for item in value[negated:]))
        return set(self.samples) - named if negated else named

    def reached(self, place: int) -> set[int]:
        seen: set[int] = set()
        todo = [place]
        while todo:
            new = self.reach[todo.pop()] - seen
            seen |= new
            todo += new
        return seen

    def divides(self, p: int, q: int) -> bool:
        """Whether one text leads from p to p, from p to q and from q to q."""
        seen: set[tuple[int, int, int]] = set()
        todo = [(p, p, q)]
        while todo:
            a, b, c = todo.pop()
            for x in self.reach[a]:
                for z in self.reach[c]:
                    common = self.sets[x] & self.sets[z]
                    new = {(x, y, z) for y in self.reach[b] if common & self.sets[y]} - seen
                    seen |= new
                    todo += new
        return (p, q, q) in seen
