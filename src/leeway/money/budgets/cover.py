"""A direct payment stops only with an answer who meets the needs from the day after (Care Act 2014, s. 18)."""

from django import forms

from leeway import said

UNCOVERED = "Say who meets the needs from the day after, or why nobody has to. No day is left uncovered."


def cover_field() -> forms.CharField:
    """The question who meets the needs from then on."""
    return forms.CharField(
        label="Who meets the needs from the day after?",
        required=False,
        help_text="For a direct payment. Who does it, or why nobody has to: no day is left uncovered. The person can "
        "read this.",
        widget=forms.Textarea,
    )


def with_cover(reason: str, cover: str) -> str:
    """Why a direct payment stops, with who meets the needs from then on. Refused where nobody said."""
    cover = said.sentence(cover, ask=UNCOVERED, field="cover", least=said.FEW)
    return f"{said.ended(reason)} From then on: {said.ended(cover)}"
