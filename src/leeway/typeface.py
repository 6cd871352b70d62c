"""The typeface of pages and letters, Source Sans 3, where the build put it (`site/styles/copy.mjs`)."""

from pathlib import Path

import typst

FOLDER = Path(__file__).parent / "site" / "static" / "vendor"
SHIPPED = typst.Fonts(include_system_fonts=False, font_paths=[FOLDER])
#: With every other typeface of this computer, for writing that ours lacks.
ALL = typst.Fonts(include_system_fonts=True, font_paths=[FOLDER])
