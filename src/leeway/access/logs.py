"""What a log may say. Never a value from a person's record, an address's question part, or a form."""

import logging
import traceback


class WithoutValues(logging.Formatter):
    """Shows where a fault happened and of what kind, but not its message: the database quotes rows in it."""

    def formatException(self, exception_info):
        kind, fault, trace = exception_info
        where = "".join(traceback.format_tb(trace))
        cause = type(fault.__cause__).__name__ if fault is not None and fault.__cause__ else None
        because = f" (because of {cause})" if cause else ""
        return f"Traceback, without values:\n{where}{kind.__module__}.{kind.__qualname__}{because}"
