"""The council itself, the one funder that is always there."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("funders", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            INSERT INTO funders_funder (id, kind, name, code, means_tested, purpose, conditions, recorded_on)
            VALUES ('0c0c0c0c-0000-4000-8000-000000000001', 'council', 'The council', 'COUNCIL', TRUE, '', '',
                    '2015-04-01')
            ON CONFLICT DO NOTHING;
            """,
            migrations.RunSQL.noop,
        )
    ]
