"""Whether words say something: “x”, “ok” or “n/a” is nobody's reason. One rule for every place that asks for words."""

import re
import unicodedata

from leeway.refusal import Refusal

#: Different words: the least of what a word can say, of how a thing was done, of somebody's own reason, and of one that
#: others must live with.
A_WORD, FEW, OWN, REASON = 1, 2, 3, 5
LETTERS_A_WORD = 2
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def says_something(words: str, least: int = OWN) -> bool:
    """Whether these are a few different words, long enough to mean something. Nothing else of them is judged.

    >>> [says_something(words) for words in ("I like Jo.", "Ja chcę sama.", "我想自己选人")]
    [True, True, True]
    >>> [says_something(words) for words in ("x", "ok", "n/a", "aaaaaaaaaa", "no no no no", "a b c", "...")]
    [False, False, False, False, False, False, False]
    >>> says_something("Too much money", REASON), says_something("Her sister helps from January on.", REASON)
    (False, True)
    """
    found = _different_words(words)
    return len(found) >= least and sum(map(len, found)) >= least * LETTERS_A_WORD


def sentence(words: str, *, ask: str, field: str | None = None, least: int = OWN) -> str:
    """The words without the spaces around them; where they say nothing, a Refusal that asks for them."""
    if not says_something(words, least):
        raise Refusal(ask, field=field)
    return words.strip()


def ended(words: str) -> str:
    """Somebody's words with a stop at their end, to stand before another sentence: theirs, where they set one.

    >>> [ended(words) for words in ("He rang on Monday", "He rang on Monday.", "“Who rang?”", " ")]
    ['He rang on Monday.', 'He rang on Monday.', '“Who rang?”', '']
    """
    said = words.strip()
    return said if not said or said.rstrip("”’)").endswith((".", "!", "?", "…")) else f"{said}."


def words_or_not_said(
    words: str, *, not_said: bool, seen_instead: str, ask: str, by_worker: bool, least: int = OWN
) -> dict:
    """What somebody said, in a sentence; or that they could not or did not want to, with what their worker saw.

    Nobody must use words. Whoever signs in for themselves need say no more than that they would rather not.
    """
    if not not_said:
        if seen_instead.strip():
            raise Refusal(
                "Tick that they could not or did not want to say, or take out what you saw.", field="not_said"
            )
        return {"words": sentence(words, ask=ask, field="words", least=least), "not_said": False, "seen_instead": ""}
    if words.strip():
        raise Refusal("Here are words, and the tick that there were none. Take one of the two back.", field="not_said")
    seen = seen_instead.strip()
    if by_worker:
        tell_what = "Say in a sentence what you saw or heard of what they want: a look, a sign, what they turned to."
        seen = sentence(seen, ask=tell_what, field="seen_instead")
    return {"words": "", "not_said": True, "seen_instead": seen}


def _different_words(words: str) -> set[str]:
    """The words, each once. A letter repeated is none; in a script that puts no spaces between words, a sign is one."""
    found = set()
    for word in _WORD.findall(words.casefold()):
        if any(unicodedata.category(sign) == "Lo" for sign in word):
            found |= {sign * LETTERS_A_WORD for sign in word}
        elif len(word) == 1 or len(set(word)) > 1:
            found.add(word)
    return found
