"""The table in which every process of the server counts failed sign-ins (Django's database cache)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE leeway_cache (
                cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
            );
            CREATE INDEX leeway_cache_expires ON leeway_cache (expires);
            """,
            "DROP TABLE leeway_cache;",
        )
    ]
