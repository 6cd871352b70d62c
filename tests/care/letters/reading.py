"""Reading a letter as text."""

from leeway.care.letters.blocks import Bullets, Letter, Table


def words(letter: Letter) -> str:
    """Everything that a letter says, in reading order."""
    said = [letter.sender, *letter.addressed_to, letter.dated_text, letter.title, letter.greeting]
    for block in letter.blocks:
        if isinstance(block, Table):
            said += [block.caption, *block.headers, *(cell for row in block.rows for cell in row)]
        elif isinstance(block, Bullets):
            said += [text for item in block.items for text in (item.text, item.address)]
        else:
            said += [getattr(block, name) for name in ("text", "label", "amount") if hasattr(block, name)]
    return "\n".join([*said, *letter.signed])
