"""What is sealed: a table of tables, and how a row of each becomes the text that its digest is of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import models

from leeway.guards import kept_fields


@dataclass(frozen=True)
class Table:
    """One sealed table. `stamp` is the column that says when a row was written, where there is one.

    `done` is the SQL condition from which a row, `kept`, is never changed, where that is not from its first day on.
    """

    name: str
    stamp: str = ""
    done: str = "true"

    @property
    def model(self) -> type[models.Model]:
        """The model whose rows are sealed."""
        return apps.get_model(self.name)

    @property
    def key(self) -> str:
        """The column of a row's own key, in quotes."""
        return f'"{self.model._meta.pk.column}"'

    @property
    def columns(self) -> list[str]:
        """What no guard lets be changed, and the key; of a row that is done, all of it."""
        fields = self.model._meta.local_concrete_fields if self.done != "true" else kept_fields(self.model)
        return [str(self.model._meta.pk.column), *sorted(str(one.column) for one in fields if not one.primary_key)]

    def text(self, columns: Sequence[str], of: str = "kept") -> str:
        """The SQL of a row's text: the table's name and the columns, one after another."""
        values = ", ".join(f'{of}."{column}"' for column in columns)
        return f"pg_catalog.jsonb_build_array('{self.name}'::text, {values})::text"


COMPLETED = "kept.completed_on IS NOT NULL"
OF_COMPLETED = (
    "EXISTS (SELECT 1 FROM assessment_assessment AS whole"
    " WHERE whole.id = kept.assessment_id AND whole.completed_on IS NOT NULL)"
)
OF_AGREED_PLAN = (
    "EXISTS (SELECT 1 FROM planning_plan AS whole"
    " WHERE whole.id = kept.plan_id AND whole.state NOT IN ('draft', 'submitted', 'signed_off'))"
)
#: What the seal is over: the ledger, decisions and the facts that they rest on, the story, what people were offered,
#: chose and agreed, and budgets.
SEALED = (
    Table("ledger.Account"),
    Table("ledger.Transfer", stamp="made_at"),
    Table("decisions.Decision", stamp="decided_at"),
    Table("assessment.Assessment", done=COMPLETED),
    Table("assessment.OutcomeNote", done=OF_COMPLETED),
    Table("assessment.FinancialAssessment", done=COMPLETED),
    Table("planning.PlanLine", done=OF_AGREED_PLAN),
    Table("planning.Plan_charges", done=OF_AGREED_PLAN),
    Table("planning.LineChange"),
    Table("planning.NeedAnswer", done=OF_AGREED_PLAN),
    Table("asking.Asking", stamp="asked_at"),
    Table("asking.Answer", stamp="answered_at"),
    Table("people.StoryLine", stamp="at"),
    Table("people.CapacityDecision"),
    Table("planning.Offer", stamp="offered_at"),
    Table("planning.Choice"),
    Table("planning.ChallengeAnswer", stamp="answered_at"),
    Table("planning.Agreement"),
    Table("planning.SentBack", stamp="sent_at"),
    Table("budgets.Budget"),
    Table("budgets.Part"),
    Table("budgets.Funding"),
    Table("budgets.Instalment"),
    Table("budgets.LastCost"),
    Table("budgets.LastCostEvent", stamp="pgh_created_at"),
    Table("budgets.Cancellation"),
    Table("budgets.NotCharged"),
    Table("budgets.Ending"),
    Table("budgets.EndingEvent", stamp="pgh_created_at"),
    Table("budgets.Collecting"),
    Table("budgets.Hold"),
    Table("budgets.HoldEvent", stamp="pgh_created_at"),
    Table("budgets.Interim"),
    Table("budgets.InterimEvent", stamp="pgh_created_at"),
    Table("payments.FileOfRuns"),
    Table("payments.FileOfRunsEvent", stamp="pgh_created_at"),
    Table("payments.PaymentRun"),
    Table("payments.PaymentRunEvent", stamp="pgh_created_at"),
    Table("payments.Payment"),
    Table("payments.BankAnswer"),
    Table("payments.AnsweredPayment"),
    Table("payments.InvoiceHold"),
    Table("payments.InvoiceHoldEvent", stamp="pgh_created_at"),
    Table("payments.RemittanceAddress"),
    Table("payments.Sample"),
    Table("payments.Sampled"),
    Table("payments.SampledEvent", stamp="pgh_created_at"),
    Table("funders.Funder"),
    Table("funders.FunderEvent", stamp="pgh_created_at"),
    Table("funders.Milestone"),
    Table("funders.Sharing"),
    Table("funders.SharingEvent", stamp="pgh_created_at"),
    Table("funders.Portion"),
    Table("contributions.Receipt"),
    Table("contributions.TakenBack"),
    Table("bills.PaymentReference"),
    Table("bills.Bill"),
    Table("bills.BillLine"),
    Table("bills.Billed"),
    Table("bills.Lateness"),
    Table("bills.Sending"),
    Table("bills.Reminder"),
    Table("bills.Opening"),
    Table("bills.Pause"),
    Table("bills.PauseEvent", stamp="pgh_created_at"),
    Table("bills.BreathingSpace"),
    Table("bills.BreathingSpaceEvent", stamp="pgh_created_at"),
    Table("bills.PaymentPlan"),
    Table("bills.PaymentPlanEvent", stamp="pgh_created_at"),
    Table("bills.Settlement"),
    Table("bills.SettlementAnswer"),
    Table("claims.Claim"),
    Table("claims.ClaimLine"),
    Table("claims.Claimed"),
    Table("claims.ClaimSent"),
    Table("claims.Chase"),
    Table("claims.Query"),
    Table("claims.QueryEvent", stamp="pgh_created_at"),
    Table("claims.Paid"),
    Table("invoices.ProviderColumns"),
    Table("invoices.VisitFile"),
    Table("invoices.VisitFileEvent", stamp="pgh_created_at"),
    Table("invoices.Visit"),
    Table("invoices.AllocationEvent", stamp="pgh_created_at"),
    Table("invoices.Invoice"),
    Table("invoices.InvoiceEvent", stamp="pgh_created_at"),
    Table("invoices.InvoiceLine"),
    Table("invoices.InvoiceLineEvent", stamp="pgh_created_at"),
    Table("invoices.Dispute"),
    Table("invoices.DisputeEvent", stamp="pgh_created_at"),
    Table("invoices.Owed"),
    Table("invoices.Agreement"),
    Table("service_funds.FundStatement"),
    Table("service_funds.Counted"),
    Table("service_funds.Spent"),
    Table("service_funds.StatementTakenBack"),
    Table("service_funds.AskedBack"),
    Table("service_funds.AskedBackEvent", stamp="pgh_created_at"),
    Table("statements.ColumnMapping"),
    Table("statements.MappingEnding"),
    Table("statements.BankAccount"),
    Table("statements.Statement", stamp="kept_at"),
    Table("statements.StatementLine"),
    Table("statements.Match", stamp="matched_at"),
    Table("statements.Part"),
    Table("statements.Undoing"),
    Table("conditions.Condition"),
    Table("conditions.ConditionEvent", stamp="pgh_created_at"),
    Table("conditions.Challenge"),
    Table("conditions.ChallengeEvent", stamp="pgh_created_at"),
    Table("recovery.Recovery"),
    Table("recovery.Item"),
    Table("recovery.ItemEvent", stamp="pgh_created_at"),
    Table("recovery.Step"),
    Table("spending.Purpose"),
    Table("spending.PurposeEvent", stamp="pgh_created_at"),
    Table("spending.AttachedReceipt"),
    Table("spending.AttachedReceiptEvent", stamp="pgh_created_at"),
    Table("spending.SetAside"),
    Table("spending.SetAsideEvent", stamp="pgh_created_at"),
    Table("spending.Question"),
    Table("spending.Doing"),
    Table("spending.QuestionEvent", stamp="pgh_created_at"),
    Table("monitoring.Level"),
    Table("monitoring.Check"),
    Table("monitoring.CheckEvent", stamp="pgh_created_at"),
    Table("monitoring.Flagged"),
    Table("monitoring.FlaggedEvent", stamp="pgh_created_at"),
    Table("disputes.Dispute"),
    Table("disputes.Step"),
    Table("disputes.Outcome"),
    Table("disputes.OutcomeEvent", stamp="pgh_created_at"),
    Table("disputes.Share"),
    Table("disputes.Recharge"),
    Table("pools.Pool"),
    Table("pools.PoolEvent", stamp="pgh_created_at"),
    Table("pools.Partner"),
    Table("pools.Contribution"),
    Table("pools.Membership"),
    Table("pools.MembershipEvent", stamp="pgh_created_at"),
    Table("pools.Overhead"),
    Table("pools.OverheadEvent", stamp="pgh_created_at"),
    Table("pools.Figure"),
    Table("pools.Report"),
    Table("figures.YearBudget"),
    Table("figures.MonthEnd"),
    Table("figures.Journal"),
    Table("figures.FinanceReturn"),
    Table("uprating.BatchEvent", stamp="pgh_created_at"),
    Table("access.Look", stamp="at"),
    Table("access.UserEvent", stamp="pgh_created_at"),
    Table("payees.PayeeAccount"),
    Table("payees.PayeeAccountEvent", stamp="pgh_created_at"),
    Table("seal.Tombstone"),
)


@cache
def table_named(name: str) -> Table:
    """A sealed table by its name; one that is sealed no longer, too."""
    return next((table for table in SEALED if table.name == name), Table(name))


def digest(text: str, salt: str) -> str:
    """The SQL of a salted digest."""
    return f"pg_catalog.sha256(pg_catalog.uuid_send({salt}) || pg_catalog.convert_to({text}, 'UTF8'))"


def is_sealed(table: Table, exists: str = "EXISTS", of: str = "kept") -> str:
    """The SQL that asks whether a row has a digest, or whether it has none."""
    return (
        f"{exists} (SELECT 1 FROM seal_sealedrow AS sealed "
        f"WHERE sealed.\"table\" = '{table.name}' AND sealed.key = {of}.{table.key}::text)"
    )
