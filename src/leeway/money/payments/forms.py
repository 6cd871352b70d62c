"""What making a payment run asks for."""

from django import forms

from leeway.forms import DateField
from leeway.money.banking.working_days import require_bank_working_day
from leeway.refusal import Refusal


class PayDayForm(forms.Form):
    """The day on which people should have their money."""

    pay_on = DateField(
        label="On which day should people have their money?",
        called="The pay day",
        error_messages={"required": "Enter the day on which people should have their money."},
    )

    def clean_pay_on(self):
        day = self.cleaned_data["pay_on"]
        try:
            require_bank_working_day(day, "The day of payment")
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return day
