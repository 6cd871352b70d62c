"""The page of a file: its bytes, to whoever may read them."""

from django.http import FileResponse
from django.views.decorators.http import require_safe

from leeway.files import queries
from leeway.files.formats import PDF

#: Nothing in a file may run, load or send anything, even if a browser took it for a page. The style is the browser's
#: own, with which it fits a picture into the window.
SEALED = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
#: Chrome and Safari show no PDF in a sandbox; their own reader draws with a style and an embedded object.
SEALED_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@require_safe
def show(request, file_id):
    """A file: pictures and PDFs are shown, everything else is saved."""
    file = queries.get_file(file_id, seen_by=request.user)
    response = FileResponse(
        queries.read_file(file),
        as_attachment=not file.format.shown_in_browser,
        filename=file.download_name,
        content_type=file.media_type,
    )
    response.headers["Content-Length"] = str(file.size)
    response.headers["Content-Security-Policy"] = SEALED_PDF if file.format == PDF else SEALED
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response
