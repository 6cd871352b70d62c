"""Forms of checks: what is said of each thing pointed out, the person's answer, and how often an account is checked."""

from collections.abc import Mapping, Sequence

from django import forms

from leeway.forms import VersionedForm
from leeway.law.monitoring import Flag
from leeway.money.monitoring.actions import Said
from leeway.money.monitoring.kinds import Answer, Touch
from leeway.money.monitoring.models import Flagged


class CheckForm(VersionedForm):
    """What whoever checks says of each thing that is pointed out. Of a clean account there is nothing to fill in."""

    def __init__(self, *args, flags: Sequence[Flag], said: Mapping[str, Flagged], **kwargs):
        super().__init__(*args, **kwargs)
        self.kinds = [flag.kind.value for flag in flags]
        for flag in flags:
            kind, before = flag.kind.value, said.get(flag.kind.value)
            self.fields[f"answer_{kind}"] = forms.ChoiceField(
                label=f"What do you say of it: {flag.kind.label}",
                choices=Answer.choices,
                widget=forms.RadioSelect,
                initial=before.answer if before and not before.reply else None,
                error_messages={"required": f"Choose what you say of: {flag.kind.label}."},
            )
            self.fields[f"words_{kind}"] = forms.CharField(
                label=f"In your words: {flag.kind.label}",
                max_length=1000,
                initial=before.words if before and not before.reply else "",
                help_text="What explains it, what to ask, or what to look into. The person reads it.",
            )

    @property
    def answers(self) -> dict[str, Said]:
        """What was said, as the action takes it."""
        told = self.cleaned_data
        return {kind: Said(Answer(told[f"answer_{kind}"]), told[f"words_{kind}"]) for kind in self.kinds}


class ReplyForm(forms.Form):
    """What the person, or somebody for them, answers."""

    reply = forms.CharField(label="Your answer", widget=forms.Textarea, max_length=2000)


class LevelForm(forms.Form):
    """How often, and why."""

    level = forms.ChoiceField(
        label="How often is the account checked?",
        choices=Touch.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how often the account is checked."},
    )
    reason = forms.CharField(
        label="Why?",
        widget=forms.Textarea,
        max_length=1000,
        help_text="The person reads this. For example: “The bank statements came late twice, and you asked for help.”",
    )
