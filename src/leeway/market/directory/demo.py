"""A made-up market around a made-up seaside town, for the demonstration.

Every name is invented, and every listing says so. The town lies in the North Sea and its postcodes begin with FB,
which is no postcode area, so that nothing here can be taken for a real place. Prices are set around the published
averages for 2024-25 (external home care £23.56 an hour; care homes £1,185.55 a week).
"""

import random
import uuid
from datetime import date, timedelta

from leeway.market.contracts.actions import add_made_up_rates
from leeway.market.contracts.models import Rate
from leeway.market.listings.actions import list_market
from leeway.market.listings.models import Domain, Kind, Provider, Rating, RatingGiven, Service, Source
from leeway.market.units import Unit

AREA, REGION = "Fairbourne", "Made-up coast"
TOWNS = {  # name: outward code, latitude, longitude, how many of a hundred listings are there
    "Fairbourne": ("FB1", 53.420, 0.900, 45),
    "Saltmere": ("FB2", 53.462, 0.868, 15),
    "Gullhaven": ("FB3", 53.375, 0.935, 15),
    "Netherwick": ("FB4", 53.405, 0.790, 10),
    "Thornsea": ("FB5", 53.510, 0.842, 10),
    "Marram Bay": ("FB6", 53.318, 0.968, 5),
}
STREETS = ["Harbour Road", "Lantern Street", "Old Rope Walk", "Cockle Lane", "Chapel Rise", "Windmill Way", "Quay Side"]

SAID_FIRST = ["Heron", "Lantern", "Saltmarsh", "Bluebell", "Anchor", "Samphire", "Beacon", "Kittiwake", "Driftwood"]
SAID_FIRST += ["Tidewell", "Larkspur", "Oystercatcher", "Foxglove", "Sandpiper", "Willowherb", "Curlew", "Seagrass"]
GIVEN = ["Aisha", "Bryn", "Carmel", "Dev", "Elif", "Femi", "Gwen", "Hana", "Idris", "Jola", "Kit", "Leila", "Marek"]
GIVEN += ["Nadia", "Owen", "Priya", "Rosa", "Samir", "Tilly", "Uma", "Viktor", "Wanda", "Yusuf", "Zofia"]
SPECIALISMS = ["Dementia", "Learning disabilities", "Physical disabilities", "Sensory impairments", "Mental health"]
SPECIALISMS += ["Autism", "Caring for adults over 65 yrs", "Caring for adults under 65 yrs"]
PA_LIKES = ["swimming", "cooking together", "walking by the sea", "getting to college", "gardening", "football"]
PA_LIKES += ["music and singing", "shopping and going out", "getting up and dressed", "reading and letters", "churches"]

# kind, the second half of the name, how many, lowest and highest price in pence, unit, regulated
REGULATED = [
    (Kind.HOME_CARE, "Home Care", 14, 2190, 2720, Unit.HOUR),
    (Kind.SUPPORTED_LIVING, "Supported Living", 8, 2080, 2640, Unit.HOUR),
    (Kind.CARE_HOME, "House Care Home", 10, 92000, 131000, Unit.WEEK),
    (Kind.NURSING_HOME, "Court Nursing Home", 6, 109000, 152000, Unit.WEEK),
    (Kind.EXTRA_CARE, "Gardens Extra Care", 3, 2150, 2600, Unit.HOUR),
    (Kind.SHARED_LIVES, "Shared Lives", 1, 46000, 52000, Unit.WEEK),
]
UNREGULATED = [
    (Kind.DAY_SUPPORT, "Day Opportunities", 8, 4800, 8900, Unit.DAY),
    (Kind.SERVICE_FUND, "Individual Service Funds", 4, 900, 1800, Unit.WEEK),
    (Kind.PAYROLL, "Payroll and Advice", 4, 1200, 1950, Unit.ITEM),
]
NOTES = {Kind.PAYROLL: "each payslip", Kind.SERVICE_FUND: "to run the fund, besides what it buys"}

# name, what it says, price in pence for a session (0: free)
COMMUNITY = [
    ("Gardening Club", "Growing vegetables together, raised beds, tea at eleven. Bring a friend or come alone.", 300),
    ("Walking Group", "Gentle walks along the sea wall, a mile or two, benches on the way.", 0),
    ("Men’s Shed", "A workshop for making and mending, and talking while you do.", 200),
    ("Memory Café", "For people living with dementia and those who love them.", 0),
    ("Singing for Lungs", "A choir for anyone short of breath. Nobody listens for wrong notes.", 250),
    ("Chair Yoga", "Stretching and breathing, seated, at your own pace.", 400),
    ("Carers’ Morning", "Coffee with people who look after someone. Somebody can sit with them meanwhile.", 0),
    ("Community Lunch", "Two courses and company. Transport can be found.", 550),
    ("Swimming Sessions", "Warm pool with a hoist, quiet hour for anyone who wants it.", 480),
    ("Art Room", "Paint, clay and print, with someone to help if you want it.", 500),
    ("Digital Helpers", "Bring your phone or tablet; volunteers sit down with you.", 0),
    ("Allotment Project", "Outdoor work for people getting over illness or low mood.", 0),
    ("Boat Club", "Sailing in boats made for wheelchairs, with a crew.", 1200),
    ("Good Neighbours", "Lifts, shopping, changing a light bulb, a chat.", 0),
    ("Deaf Social Evening", "Games and company in British Sign Language.", 200),
    ("Wheelchair Basketball", "Training for all levels; chairs are lent.", 600),
]  # fmt: skip

HOW_MANY_ASSISTANTS = 40
YEARS_OF_PRICES = 5
RATINGS = [RatingGiven.OUTSTANDING, RatingGiven.GOOD, RatingGiven.REQUIRES_IMPROVEMENT, RatingGiven.INADEQUATE]
RATING_WEIGHTS = [6, 76, 15, 3]


class Market:
    """The made-up market while it is being put together. The same seed and day make the same market."""

    def __init__(self, *, seed: int, on: date):
        self.chance = random.Random(f"market {seed}")
        self.rise = random.Random(f"prices {seed}")
        self.on = on
        self.providers: list[Provider] = []
        self.services: list[Service] = []
        self.ratings: list[Rating] = []
        self.rates: list[Rate] = []

    def days_ago(self, least: int, most: int) -> date:
        return self.on - timedelta(days=self.chance.randint(least, most))

    def new_id(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    def add_provider(self, name: str) -> Provider:
        provider = Provider(id=self.new_id(), name=name, source=Source.DEMO)
        self.providers.append(provider)
        return provider

    def add_service(self, provider: Provider, name: str, kind: Kind, **facts) -> Service:
        town = self.chance.choices(list(TOWNS), [share for *_, share in TOWNS.values()])[0]
        outward, latitude, longitude, _ = TOWNS[town]
        inward = f"{self.chance.randint(1, 9)}{''.join(self.chance.choices('ABDEFGHJLNPQRSTUWXYZ', k=2))}"
        street = f"{self.chance.randint(1, 90)} {self.chance.choice(STREETS)}"
        service = Service(
            id=self.new_id(),
            provider=provider,
            name=name,
            source=Source.DEMO,
            kinds=[kind],
            address="" if kind == Kind.PERSONAL_ASSISTANT else f"{street}, {town}",
            town=town,
            postcode=outward if kind == Kind.PERSONAL_ASSISTANT else f"{outward} {inward}",
            area=AREA,
            region=REGION,
            latitude=round(self.chance.gauss(latitude, 0.008), 5),
            longitude=round(self.chance.gauss(longitude, 0.012), 5),
            last_checked_on=self.days_ago(1, 300),
            phone_since=self.on - timedelta(days=1_500),
            **facts,
        )
        self.services.append(service)
        return service

    def price(self, service: Service, lowest: int, highest: int, unit: str, *, known: float = 0.85, note: str = ""):
        """Give a service a price in whole tens of pence between two ends, as it was and is; some have none.

        Of three that cost something, one went up last April; of eight, one is known to go up next April.
        """
        pence = self.chance.randrange(lowest, highest + 1, 10)
        checked = self.days_ago(5, 400)
        if self.chance.random() > known:
            return
        last = date(self.on.year - (self.on < date(self.on.year, 4, 1)), 4, 1)
        steps = [(last.replace(year=last.year - YEARS_OF_PRICES), pence)]
        if pence and self.rise.random() < 1 / 3:
            steps = [(steps[0][0], pence * 95 // 1000 * 10), (last, pence)]
        if pence and self.rise.random() < 1 / 8:
            steps.append((last.replace(year=last.year + 1), pence * 104 // 1000 * 10))
        ends = [starts_on - timedelta(days=1) for starts_on, _ in steps[1:]]
        for (starts_on, amount), ends_on in zip(steps, [*ends, None], strict=True):
            self.rates.append(
                Rate(
                    service=service,
                    unit=unit,
                    pence=amount,
                    note=note,
                    starts_on=starts_on,
                    ends_on=ends_on,
                    recorded_on=checked,
                )
            )

    def rate(self, service: Service) -> None:
        """Ratings for the five questions, and an overall one no better than most of them."""
        published = self.days_ago(60, 2400)
        service.inspected_on = published - timedelta(days=self.chance.randint(20, 60))
        if self.chance.random() < 0.06:  # newly registered
            service.overall_rating, service.inspected_on = RatingGiven.NOT_RATED, None
            return
        overall = self.chance.choices(RATINGS, RATING_WEIGHTS)[0]
        service.overall_rating, service.rated_on = overall, published
        for domain in Domain.values:
            near = RATINGS[max(0, RATINGS.index(overall) - 1) : RATINGS.index(overall) + 1]
            given = overall if domain == Domain.OVERALL or self.chance.random() < 0.75 else self.chance.choice(near)
            self.ratings.append(
                Rating(service=service, service_group="Overall", domain=domain, rating=given, published_on=published)
            )

    def add_care(self) -> None:
        """Regulated care, and the paid support that is not regulated."""
        firsts = self.chance.sample(SAID_FIRST, len(SAID_FIRST))
        for kind, rest, count, lowest, highest, unit in [*REGULATED, *UNREGULATED]:
            regulated = kind in {row[0] for row in REGULATED}
            for number in range(count):
                first = firsts[(number + len(rest)) % len(firsts)]
                provider = self.add_provider(f"{first} {rest} Limited (made up)")
                service = self.add_service(
                    provider,
                    f"{first} {rest}",
                    kind,
                    regulated=regulated,
                    specialisms=sorted(self.chance.sample(SPECIALISMS, 3)) if regulated else [],
                    takes_direct_payments=self.chance.choices([True, False, None], [60, 10, 30])[0],
                    phone=f"01632 96{self.chance.randint(0, 9999):04d}",
                )
                self.price(service, lowest, highest, unit, note=NOTES.get(kind, ""))
                if regulated:
                    self.rate(service)

    def add_community(self) -> None:
        """Clubs, groups and cafés."""
        for number, (name, description, pence) in enumerate(COMMUNITY):
            first = SAID_FIRST[number % len(SAID_FIRST)]
            service = self.add_service(
                self.add_provider(f"Friends of {first} (made up)"),
                f"{first} {name}",
                Kind.COMMUNITY,
                regulated=False,
                description=description,
                takes_direct_payments=True if pence else None,
            )
            self.price(service, pence, pence, Unit.SESSION, known=0.95)

    def add_assistants(self) -> None:
        """Personal assistants, under a given name and an initial."""
        for _ in range(HOW_MANY_ASSISTANTS):
            name = f"{self.chance.choice(GIVEN)} {self.chance.choice('ABCDEFGHJKLMNPRSTW')}."
            likes = " and ".join(self.chance.sample(PA_LIKES, 2))
            years = self.chance.randint(1, 22)
            service = self.add_service(
                self.add_provider(f"{name} (made up)"),
                f"{name}, personal assistant",
                Kind.PERSONAL_ASSISTANT,
                regulated=False,
                description=f"I like {likes}. {years} year{'s' if years > 1 else ''} of experience. "
                f"Free {self.chance.choice(['mornings', 'evenings', 'weekends', 'school hours', 'most days'])}.",
                takes_direct_payments=True,
            )
            self.price(service, 1280, 1750, Unit.HOUR, note="before an employer’s own costs")


def make_market(seed: int, on: date) -> Market:
    """Make up about 115 providers and their services and put them in the directory, checked as on a day.

    The same seed and day give the same names, ids, ratings and prices. A second call for the same seed fails on the
    ids: empty the directory first.
    """
    market = Market(seed=seed, on=on)
    market.add_care()
    market.add_community()
    market.add_assistants()
    list_market(providers=market.providers, services=market.services, ratings=market.ratings)
    add_made_up_rates(rates=market.rates)
    return market
