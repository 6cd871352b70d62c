"""Forms of asking for help from outside, which turn nobody away, and of answering."""

from django import forms

from leeway.care.asking.models import AskerIs, ForWhom, Knows, Urgent
from leeway.care.asking.own_words import CODE_LENGTH, CODE_LETTERS, How, OwnWords, tidied
from leeway.care.people.forms import long_text
from leeway.forms import WholeForm, ask_with

NO_WAY = "no_way"


class AskForm(forms.Form):
    """A request for help. Two things are needed: words, and a way to answer, or that there is none.

    Nothing typed is judged: a birthday, a postcode, a number or an address is kept as whoever asks knows it.
    """

    for_whom = forms.ChoiceField(label="Who is the help for?", choices=ForWhom.choices, widget=forms.RadioSelect)
    words = long_text(
        "What is happening, and what would help?",
        longest=10_000,
        help_text="In your own words. A few are enough. A worker reads it as you write it.",
    )
    urgent = forms.MultipleChoiceField(
        label="Is any of this so now?",
        choices=Urgent.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Then ring as well, by the numbers at the top. You can still send this.",
    )
    name = forms.CharField(
        label="Name of whoever needs the help",
        max_length=200,
        required=False,
        help_text="If you ask for help as a carer, that is you.",
    )
    born = forms.CharField(
        label="When they were born", max_length=60, required=False, help_text="As well as you know it, like 27 3 1952."
    )
    lives_at = forms.CharField(
        label="Where they live, or are now", max_length=400, required=False, widget=forms.Textarea
    )
    cared_for = forms.CharField(label="Name of whom you look after", max_length=200, required=False)
    asker_name = forms.CharField(label="Your own name", max_length=200, required=False)
    asker_is = forms.ChoiceField(
        label="Who are you to them?", choices=AskerIs.choices, widget=forms.RadioSelect, required=False
    )
    knows = forms.ChoiceField(
        label="Do they know that you ask?",
        choices=Knows.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text="You may ask whatever the answer is. We speak with them before anything is arranged.",
    )
    phone = forms.CharField(label="Phone number", max_length=100, required=False, help_text="Voice, text or relay.")
    email = forms.CharField(label="Email address", max_length=254, required=False)
    other_way = forms.CharField(
        label="Another way to reach you",
        max_length=400,
        required=False,
        widget=forms.Textarea,
        help_text="A postal address, or where and when to find you. You need no phone and no email.",
    )
    no_way = forms.BooleanField(label="There is no way to reach me: I will ring or come in", required=False)
    careful = long_text(
        "What should we know before we get in touch?",
        required=False,
        longest=2_000,
        help_text="Who must not know or hear, when not to ring, a language or interpreter, letters and not calls.",
    )

    along = forms.BooleanField(label="Send what I wrote about my life along", required=False, initial=True)
    along_of = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    #: What belongs to an answer, and stays out where that answer is not given.
    OF_ANOTHER = ("asker_name", "asker_is", "knows")
    #: What is asked, and is no part of the request.
    BESIDE = frozenset({NO_WAY, "along", "along_of"})

    def __init__(self, sent=None, *, own: OwnWords | None = None):
        super().__init__(sent, initial={"along_of": own.fingerprint} if own else None)
        if not own and not self.data.get("along_of"):
            del self.fields["along"], self.fields["along_of"]
        ask_with(self.fields["for_whom"], {ForWhom.OTHER: ["of_another"], ForWhom.CARER: ["whom_i_look_after"]})

    def clean(self):
        """Ask once for a way to answer: who has none says so, and sends."""
        typed = super().clean()
        if not any(typed.get(name, "").strip() for name in ("phone", "email", "other_way")) and not typed.get(NO_WAY):
            self.add_error("phone", "Tell us one way to reach you, or tick below that there is none.")
        return typed

    @property
    def typed(self) -> dict:
        """What is kept of it, as it was typed."""
        kept = {name: value for name, value in self.cleaned_data.items() if name not in self.BESIDE}
        if kept["for_whom"] != ForWhom.OTHER:
            kept |= dict.fromkeys(self.OF_ANOTHER, "")
        if kept["for_whom"] != ForWhom.CARER:
            kept["cared_for"] = ""
        return kept

    @property
    def sends_along(self) -> str:
        """The fingerprint of what goes along with it, as the page was made; empty where nothing does."""
        return self.cleaned_data["along_of"] if self.cleaned_data.get("along") else ""


class PartForm(WholeForm):
    """One part of life, as whoever writes it sees it. Both questions may stay open."""

    how = forms.ChoiceField(label="How is this for you?", choices=How.choices, widget=forms.RadioSelect, required=False)
    words = long_text(
        "In your own words",
        required=False,
        longest=4_000,
        help_text="On an ordinary day and on a bad one. What helps? What would you like to be different?",
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["version"].required = False


class CodeForm(forms.Form):
    """The code under which somebody keeps what they wrote."""

    code = forms.CharField(
        label="Your code",
        max_length=60,
        help_text="Sixteen letters and numbers. Spaces, hyphens and small letters do not matter.",
        widget=forms.TextInput({"autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self):
        """The code without what stands between its letters; refused where no code of ours can look like that."""
        code = tidied(self.cleaned_data["code"])
        if strange := sorted(set(code) - set(CODE_LETTERS)):
            named = " or ".join(f"“{sign}”" for sign in strange[:3])
            raise forms.ValidationError(f"No code has {named} in it. Look again at how it was written down.")
        if len(code) != CODE_LENGTH:
            raise forms.ValidationError(f"A code has {CODE_LENGTH} letters and numbers. These are {len(code)}.")
        return code


class ReferenceForm(forms.Form):
    """The reference that whoever asked was given."""

    reference = forms.CharField(label="Reference that somebody gives you", max_length=20)


class AnsweredForm(forms.Form):
    """What was done about a request that begins no case."""

    words = long_text(
        "What was done, and what was whoever asked told?",
        longest=2_000,
        help_text="“Rang her on Friday: she wanted the number of the library. She knows that she can ask again.”",
    )
