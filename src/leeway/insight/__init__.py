"""What the council's own records say: the national return checked and made, measures, surveys and the report.

Parts, each knowing only those before it: records (five tables in the shape of the Client Level Data return),
measures (functions from records to a frame), surveys (questionnaires, and what answers can and cannot say), report
(one file for a director) and pages. Frames in, frames out: only `records.council`, which reads the council's own
database, and `pages` know Django. What every council has published stands in `published`.
"""
