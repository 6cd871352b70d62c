"""How any room says no: a sentence that tells the reader what to do about it."""


class Refusal(Exception):
    """The request makes sense but cannot be granted. The message is shown to the user as it stands.

    `field` names the form field the sentence belongs to, when there is one.
    """

    def __init__(self, sentence: str, *, field: str | None = None):
        super().__init__(sentence)
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
