"""How any room says no: a sentence that tells the reader what to do about it, and quotes at most a line."""

import re

QUOTED_MOST = 80
_LONG_WORD = re.compile(r"(\S{80})\S{160,}")
_LONG_QUOTE = re.compile(f"“([^”]{{{QUOTED_MOST}}})[^”]+(”|$)")


def quoted(value: object) -> str:
    """What was given, between quotes where it is words, for a sentence that refuses it: at most a line, and cut.

    >>> quoted("maybe"), quoted("two\\nlines"), quoted(12), len(quoted("x" * 1_000_000))
    ('“maybe”', '“two\\\\nlines”', '12', 83)
    """
    words = isinstance(value, str)
    text = repr(value[: QUOTED_MOST + 1])[1:-1] if isinstance(value, str) else repr(value)
    text = text if len(text) <= QUOTED_MOST else text[:QUOTED_MOST] + "…"
    return f"“{text}”" if words else text


def shortened(sentence: str) -> str:
    """A sentence on one line, in which what is quoted is at most a line, and visibly cut.

    >>> shortened("“" + "x" * 1_000_000 + "” is not a date.")[75:]
    'xxxxxx…” is not a date.'
    """
    return _LONG_WORD.sub(r"\1…", _LONG_QUOTE.sub(r"“\1…”", " ".join(sentence.split())))


class Refusal(Exception):
    """The request makes sense but cannot be granted. The message is shown to the user as it stands.

    `field` names the form field the sentence belongs to, when there is one.
    """

    def __init__(self, sentence: str, *, field: str | None = None):
        super().__init__(shortened(sentence))
        self.field = field


class NotAllowed(Refusal):
    """This user may not do this."""


class EditedMeanwhile(Refusal):
    """Someone else saved this after the user opened it. Nothing was overwritten."""

    def __init__(self):
        super().__init__(
            "Someone else saved this while you were writing. Nothing of theirs or yours is lost: what you wrote "
            "is still below, and their version is shown beside it. Put the two together and save again."
        )
