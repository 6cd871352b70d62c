"""The typeface of pages and letters, Source Sans 3, where the build put it (`site/styles/copy.mjs`)."""

from base64 import b64encode
from pathlib import Path

import typst

FOLDER = Path(__file__).parent / "site" / "static" / "vendor"
SHIPPED = typst.Fonts(include_system_fonts=False, font_paths=[FOLDER])
#: With every other typeface of this computer, for writing that ours lacks.
ALL = typst.Fonts(include_system_fonts=True, font_paths=[FOLDER])
#: What a page that needs nothing else is set in: the weight of each cut, and its file.
CUTS = {400: "SourceSans3-Regular.ttf.woff2", 700: "SourceSans3-Bold.ttf.woff2"}
#: The same names in the same order as on pages: what stands in for it where it is not there.
NAMES = '"Source Sans 3", "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif'


def within_a_page() -> str:
    """The typeface as style rules that hold it whole, for a page in one file; none where nothing was built."""
    return "\n".join(
        f'@font-face {{ font-family: "Source Sans 3"; font-weight: {weight}; '
        f'src: url("data:font/woff2;base64,{b64encode((FOLDER / file).read_bytes()).decode()}") format("woff2"); }}'
        for weight, file in CUTS.items()
        if (FOLDER / file).exists()
    )
