"""Where letters and support plans are read. Included under /cases/."""

from django.urls import path

from leeway.care.letters import views

app_name = "letters"
urlpatterns = [
    path("<uuid:case_id>/letters/", views.show_list, name="list"),
    path("<uuid:case_id>/letters/<uuid:decision_id>/", views.show_letter, name="letter"),
    path("<uuid:case_id>/letters/<uuid:decision_id>/letter.pdf", views.show_letter_pdf, name="letter_pdf"),
    path("<uuid:case_id>/plan/<int:number>/document/", views.show_plan, name="plan"),
    path("<uuid:case_id>/plan/<int:number>/document.pdf", views.show_plan_pdf, name="plan_pdf"),
]
