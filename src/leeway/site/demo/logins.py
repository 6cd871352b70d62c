"""Who can sign in to the made-up council, as what, and where to look first."""

from dataclasses import dataclass

from leeway.access.roles import Role

PASSWORD = "fairbourne-demo"  # noqa: S105 - for a council in which nobody is real


@dataclass(frozen=True)
class Login:
    """One sign-in of the made-up council."""

    email: str
    name: str
    roles: tuple[Role, ...]
    what: str
    look_first: str


def logins() -> list[Login]:
    """The sign-ins that the start page and `leeway demo` name."""
    return [
        Login(
            "ada@fairbourne.example", "Ada Bell", (Role.PERSON,), "employs her own assistants", "her budget and choice"
        ),
        Login(
            "tom@fairbourne.example", "Tom Bell", (Role.PERSON,), "Ada’s brother, helps her", "what Ada lets him see"
        ),
        Login(
            "pay@fairbourne.example",
            "Fairshare Payroll",
            (Role.PERSON,),
            "payroll firm, runs Ada’s account",
            "what Ada spent, and nothing else of her",
        ),
        Login(
            "bea@fairbourne.example", "Bea Okafor", (Role.ASSESSOR,), "social worker", "her caseload, and the stories"
        ),
        Login("mona@fairbourne.example", "Mona Patel", (Role.MANAGER,), "team manager", "plans waiting for sign-off"),
        Login(
            "finn@fairbourne.example", "Finn Walsh", (Role.FINANCE,), "finance officer", "payments, and making a run"
        ),
        Login("fay@fairbourne.example", "Fay Ito", (Role.FINANCE,), "finance officer", "approving what Finn made"),
        Login(
            "fiona@fairbourne.example",
            "Fiona Hale",
            (Role.FINANCE_MANAGER,),
            "finance manager",
            "runs above the limit",
        ),
        Login("ana@fairbourne.example", "Ana Reyes", (Role.ANALYST,), "performance analyst", "what the returns say"),
        Login("cole@fairbourne.example", "Cole Byrne", (Role.COMMISSIONER,), "commissioner", "what the returns say"),
        Login(
            "dora@fairbourne.example",
            "Dora Quist",
            (Role.DIRECTOR,),
            "director of adult social services",
            "how the whole council stands",
        ),
        Login("alex@fairbourne.example", "Alex Grant", (Role.ADMINISTRATOR,), "administrator", "who signs in as what"),
        Login(
            "uma@fairbourne.example", "Uma Shah", (Role.ADMINISTRATOR,), "administrator", "approving what Alex asks for"
        ),
    ]
