"""What must hold between who pays a line and what the plan says that the NHS pays of it."""

from leeway.money.ledger.relations import Relation

RELATIONS = (
    Relation(
        "Sharing {sharing} gives the NHS {given} hundredths of one percent, and its line gives it {percent} percent.",
        "SELECT s.id AS sharing, COALESCE(SUM(p.figure) FILTER (WHERE f.kind = 'nhs_body'), 0) AS given, "
        "l.nhs_percent AS percent FROM funders_sharing AS s JOIN planning_planline AS l ON l.id = s.line_id "
        "LEFT JOIN funders_portion AS p ON p.sharing_id = s.id LEFT JOIN funders_funder AS f ON f.id = p.funder_id "
        "WHERE s.method = 'fixed' GROUP BY s.id, l.nhs_percent "
        "HAVING COALESCE(SUM(p.figure) FILTER (WHERE f.kind = 'nhs_body'), 0) <> 100 * l.nhs_percent",
    ),
    Relation(
        "The shares of sharing {sharing} are {whole} hundredths of one percent together, and should be 10,000.",
        "SELECT s.id AS sharing, COALESCE(SUM(p.figure), 0) AS whole FROM funders_sharing AS s "
        "LEFT JOIN funders_portion AS p ON p.sharing_id = s.id WHERE s.method = 'fixed' "
        "GROUP BY s.id HAVING COALESCE(SUM(p.figure), 0) <> 10000",
    ),
    Relation(
        "Sharing {sharing} names no funder.",
        "SELECT s.id AS sharing FROM funders_sharing AS s LEFT JOIN funders_portion AS p ON p.sharing_id = s.id "
        "WHERE p.id IS NULL",
    ),
)
