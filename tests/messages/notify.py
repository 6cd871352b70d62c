"""A small stand-in of GOV.UK Notify: its published interface, over real HTTP, for its own client to talk to.

It checks the key's signature as Notify does, keeps what it is sent, and answers with Notify's codes and shapes.
"""

import json
import re
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from notifications_python_client.authentication import decode_jwt_token, get_token_issuer
from notifications_python_client.errors import TokenError

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"leeway_test-{SERVICE}-{SECRET}"
TEMPLATES = {
    "email": "f33517ff-2a88-4f6e-b855-c550268ce08a",
    "text": "8d1eaa46-4bdc-4bc1-8e5c-5a0bb7d4b0a1",
    "post": "1e8b3f1c-9c3a-4a4c-a6c5-6a3f0c5b9a55",
}
TROUBLES = {
    400: ("ValidationError", "email_address Not a valid email address"),
    403: ("AuthError", "Invalid token: API key not found"),
    429: ("RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"),
    500: ("Exception", "Internal server error"),
}


class Notify(ThreadingHTTPServer):
    """What it was sent is in `sent`; `trouble` is the code that it answers with until told otherwise."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.sent: dict[str, dict] = {}
        self.asked: list[str] = []
        self.trouble: int | None = None
        self.takes_and_breaks_off = False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def became(self, status: str) -> None:
        """What became of everything that was sent."""
        for notification in self.sent.values():
            notification["status"] = status


class Answers(BaseHTTPRequestHandler):
    server: Notify

    def do_POST(self):
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind = self.path.removeprefix("/v2/notifications/")
        if not self.may_go_on():
            return
        if problem := what_is_wrong(kind, content):
            self.answer(400, {"status_code": 400, "errors": [{"error": "BadRequestError", "message": problem}]})
            return
        number = str(uuid.uuid4())
        self.server.sent[number] = content | {"id": number, "type": kind, "status": "created"}
        if self.server.takes_and_breaks_off:
            self.close_connection = True
            return
        reply = {"id": number, "reference": content.get("reference"), "template": {"id": content["template_id"]}}
        self.answer(201, reply)

    def do_GET(self):
        if not self.may_go_on():
            return
        address = urlsplit(self.path)
        number = address.path.removeprefix("/v2/notifications").strip("/")
        if number:
            found = self.server.sent.get(number)
            none = {"status_code": 404, "errors": [{"error": "NoResultFound", "message": "No result found"}]}
            self.answer(200, found) if found else self.answer(404, none)
            return
        wanted = parse_qs(address.query).get("reference", [None])[0]
        found = [each for each in self.server.sent.values() if wanted in (None, each.get("reference"))]
        self.answer(200, {"notifications": found, "links": {"current": self.path}})

    def may_go_on(self) -> bool:
        """Whether the request is signed with the service's key, and Notify has no trouble of its own."""
        self.server.asked.append(f"{self.command} {self.path}")
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        trouble = self.server.trouble
        try:
            if get_token_issuer(token) != SERVICE or not decode_jwt_token(token, SECRET):
                trouble = 403
        except TokenError:
            trouble = 403
        if trouble:
            error, sentence = TROUBLES[trouble]
            self.answer(trouble, {"status_code": trouble, "errors": [{"error": error, "message": sentence}]})
        return not trouble

    def answer(self, code: int, content: dict) -> None:
        body = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Nothing is logged."""


def what_is_wrong(kind: str, content: dict) -> str:
    """What Notify would refuse in a request; empty where nothing is."""
    channel = {"email": "email", "sms": "text", "letter": "post"}.get(kind)
    words = content.get("personalisation", {})
    needed = {"body"} if kind == "sms" else {"subject", "body"}
    if channel is None or content.get("template_id") != TEMPLATES[channel]:
        return "Template not found"
    if missing := needed - set(words):
        return f"Missing personalisation: {', '.join(sorted(missing))}"
    if kind == "email" and "@" not in content.get("email_address", ""):
        return "email_address Not a valid email address"
    if kind == "sms" and not re.fullmatch(r"07[0-9]{9}|\+[0-9]{8,15}", content.get("phone_number", "")):
        return "phone_number Not a valid phone number"
    lines = [words[f"address_line_{number}"] for number in range(1, 8) if f"address_line_{number}" in words]
    if kind == "letter" and len(lines) < 3:
        return "Address must be at least 3 lines"
    if kind == "letter" and not re.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}", lines[-1]):
        return "Must be a real UK postcode"
    return ""
