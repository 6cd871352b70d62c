"""What the records and the returns say: measures, targets, forecasts, estimates and surveys.

Parts, each knowing only those before it: records (five tables in the shape of the Client Level Data return),
returns (published national returns, read into one tidy table), charts (pictures as SVG), measures (functions from
records or tidy tables to a frame), forecasts (targets, pace and the chance of getting there), estimates (what one
series goes with another in a panel of councils), surveys (questionnaires, and what answers can and cannot say),
report (one file for a director) and pages. Frames in, frames out: only `records.council`, which reads the council's
own database, and `pages` know Django.
"""
