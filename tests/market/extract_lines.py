"""Lines of the regulator's layouts, made by hand."""

RATINGS_HEADER = (
    "Location ID,Location Name,Care Home?,Location Type,Location Primary Inspection Category,"
    "Location Street Address,Location Address Line 2,Location City,Location Post Code,Location Local Authority,"
    "Location Region,Service / Population Group,Domain,Latest Rating,Publication Date,URL,Provider ID,Provider Name"
)
DIRECTORY_HEADER = (
    "Name,Also known as,Address,Postcode,Phone number,Service's website (if available),Service types,"
    "Date of latest check,Specialisms/services,Provider name,Local authority,Region,Location URL,"
    "CQC Location ID (for office use only),CQC Provider ID (for office use only)"
)


def rating_line(location="1-1", *, name="Heron House", domain="Overall", rating="Good", **facts) -> str:
    told = {
        "category": "Residential social care",
        "postcode": "FB1 2AB",
        "area": "Fairbourne",
        "group": "Overall",
        "published": "05/29/2026",
        "provider": "1-900",
        "provider_name": "Heron Care Limited",
    } | facts
    return (
        f"{location},{name},Y,Social Care Org,{told['category']},1 Quay Side,,Fairbourne,{told['postcode']},"
        f"{told['area']},Made-up coast,{told['group']},{domain},{rating},{told['published']},"
        f"http://www.cqc.org.uk/location/{location},{told['provider']},{told['provider_name']}"
    )


def directory_line(location="1-1", *, name="Heron House", types="Residential homes", check="09/Jan/2018 - 00:00"):
    return (
        f'{name},The Heron,"1 Quay Side,Fairbourne",FB1 2AB,1632960001,www.heron.example,{types},{check},'
        f"Dementia|Physical disabilities,Heron Care Limited,Fairbourne,Made-up coast,"
        f"https://www.cqc.org.uk/location/{location},{location},1-900"
    )
