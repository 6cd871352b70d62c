"""What programmes gave, as published: the years add up to the total, and each figure has its source."""

from django.urls import reverse

from leeway.published.programmes import people_with_direct_payments, programmes


def test_the_years_of_putting_people_first_are_its_total():
    first = programmes()[0]
    assert first.total_pounds == 520_000_000 == sum(year["pounds"] for year in first.by_year)
    assert all(each.source["url"] and each.by_year_source["url"] and each.doubt for each in programmes())


def test_the_page_is_for_everyone_and_shows_take_up_beside_the_money(client, db):
    page = client.get(reverse("insight:programmes")).content.decode()
    for words in ("£520 million", "£85 million", "67,685", "130,900", "29.2%", "closed 30 June 2015", "In doubt:"):
        assert words in page
    assert [row["users"] for row in people_with_direct_payments("2007-08", "2008-09")] == [None, 67_685]
