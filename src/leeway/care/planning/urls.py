"""The support plan, under the address of a case, and the sign-off queue."""

from django.urls import include, path

from leeway.care.planning.views import changing_mind, choosing, deciding, writing

app_name = "planning"
of_a_case = [
    path("", writing.overview, name="overview"),
    path("version/<int:number>/", writing.overview, name="version"),
    path("start/", writing.start, name="start"),
    path("about/", writing.write_about, name="about"),
    path("aims/add/", writing.aim, name="add_aim"),
    path("aims/<int:aim_id>/", writing.aim, name="aim"),
    path("aims/<int:aim_id>/remove/", writing.remove_aim, name="remove_aim"),
    path("needs/<slug:outcome>/", writing.need, name="need"),
    path("find/", writing.find, name="find"),
    path("lines/add/", writing.add_line, name="add_line"),
    path("lines/<uuid:line_id>/", writing.line, name="line"),
    path("lines/<uuid:line_id>/price/<int:rate_id>/", writing.take_price, name="take_price"),
    path("lines/<uuid:line_id>/remove/", writing.remove_line, name="remove_line"),
    path("start-date/", writing.start_date, name="start_date"),
    path("ways-explained/", choosing.offer, name="offer"),
    path("choice/", choosing.choice, name="choice"),
    path("another-way/", changing_mind.ask, name="change_mind"),
    path("another-way/take-back/", changing_mind.take_back, name="take_back_mind"),
    path("another-way/answer/", changing_mind.answer, name="answer_mind"),
    path("ways/", choosing.ways, name="ways"),
    path("direct-payment/", choosing.direct_payment, name="direct_payment"),
    path("check/", deciding.submit, name="submit"),
    path("sign-off/", deciding.sign_off, name="sign_off"),
    path("too-risky/", deciding.challenge, name="challenge"),
    path("agree/", deciding.agree, name="agree"),
]
urlpatterns = [
    path("cases/<uuid:case_id>/plan/", include(of_a_case)),
    path("sign-off/", deciding.sign_off_queue, name="sign_off_queue"),
]
