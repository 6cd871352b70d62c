"""What every council in England has published, and what it says. No council's own records, and no Django.

Parts, each knowing only those before it: returns (published national returns, read into one tidy table), charts
(pictures as SVG), spending, catalogue and comparing (series of the published tables, and a place beside others),
forecasts (targets, pace and the chance of getting there) and estimates (what one series goes with another in a panel
of councils).
"""
