import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('files', '0001_initial'),
        ('people', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('planning', '0001_initial'),
        ('statements', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AttachedReceipt',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('attached_on', models.DateField()),
                ('taken_back_on', models.DateField(null=True)),
                ('attached_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.file')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attached_receipts', to='statements.statementline')),
                ('taken_back_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['attached_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='AttachedReceiptEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('attached_on', models.DateField()),
                ('taken_back_on', models.DateField(null=True)),
                ('attached_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='files.file')),
                ('line', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='statements.statementline')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='spending.attachedreceipt')),
                ('taken_back_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Purpose',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('plan_line', 'Something in the plan'), ('wages', 'Wages'), ('tax', 'Tax, National Insurance and pension'), ('set_aside', 'Set aside: moved to savings or another account'), ('else', 'Something else')], max_length=9)),
                ('words', models.CharField(blank=True, max_length=200)),
                ('said_on', models.DateField()),
                ('taken_back_on', models.DateField(null=True)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purposes', to='statements.statementline')),
                ('plan_line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='planning.planline')),
                ('said_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('taken_back_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['said_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PurposeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('kind', models.CharField(choices=[('plan_line', 'Something in the plan'), ('wages', 'Wages'), ('tax', 'Tax, National Insurance and pension'), ('set_aside', 'Set aside: moved to savings or another account'), ('else', 'Something else')], max_length=9)),
                ('words', models.CharField(blank=True, max_length=200)),
                ('said_on', models.DateField()),
                ('taken_back_on', models.DateField(null=True)),
                ('line', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='statements.statementline')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='spending.purpose')),
                ('plan_line', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='planning.planline')),
                ('said_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('taken_back_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('words', models.TextField()),
                ('asked_on', models.DateField()),
                ('answer', models.TextField(blank=True)),
                ('answered_on', models.DateField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='statements.statementline')),
            ],
            options={
                'ordering': ['asked_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='QuestionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('words', models.TextField()),
                ('asked_on', models.DateField()),
                ('answer', models.TextField(blank=True)),
                ('answered_on', models.DateField(null=True)),
                ('answered_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='statements.statementline')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='spending.question')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SetAside',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('holiday', 'Holiday pay'), ('redundancy', 'Redundancy pay'), ('tax', 'Tax, National Insurance and pension'), ('notice', 'Pay for a time of notice'), ('bill', 'A bill that is not paid yet'), ('promise', 'Something that the council agreed to in writing')], max_length=10)),
                ('amount_pence', models.BigIntegerField()),
                ('reason', models.TextField(help_text='What for, in words.')),
                ('until', models.DateField(blank=True, help_text='The last day on which it is set aside, where known.', null=True)),
                ('set_on', models.DateField()),
                ('taken_back_on', models.DateField(null=True)),
                ('taken_back_because', models.TextField(blank=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='set_aside', to='people.case')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('taken_back_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['set_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SetAsideEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('kind', models.CharField(choices=[('holiday', 'Holiday pay'), ('redundancy', 'Redundancy pay'), ('tax', 'Tax, National Insurance and pension'), ('notice', 'Pay for a time of notice'), ('bill', 'A bill that is not paid yet'), ('promise', 'Something that the council agreed to in writing')], max_length=10)),
                ('amount_pence', models.BigIntegerField()),
                ('reason', models.TextField(help_text='What for, in words.')),
                ('until', models.DateField(blank=True, help_text='The last day on which it is set aside, where known.', null=True)),
                ('set_on', models.DateField()),
                ('taken_back_on', models.DateField(null=True)),
                ('taken_back_because', models.TextField(blank=True)),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.case')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='spending.setaside')),
                ('set_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('taken_back_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='attachedreceipt',
            constraint=models.UniqueConstraint(condition=models.Q(('taken_back_on', None)), fields=('line', 'file'), name='receipt_attached_once'),
        ),
        migrations.AddConstraint(
            model_name='attachedreceipt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('taken_back_by', None), ('taken_back_on', None)), models.Q(('taken_back_by__isnull', False), ('taken_back_on__isnull', False)), _connector='OR'), name='receipt_taken_off_by_somebody'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachedreceipt',
            trigger=pgtrigger.compiler.Trigger(name='attached_receipt_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='23436846f9614b17e35baddb950a26d168347d99', operation='DELETE', pgid='pgtrigger_attached_receipt_is_kept_409fd', table='spending_attachedreceipt', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachedreceipt',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is never emptied.', TG_TABLE_NAME;", hash='3e5156ea8c94df33a6e35174449831f98b5e3a9b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_4406c', table='spending_attachedreceipt', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachedreceipt',
            trigger=pgtrigger.compiler.Trigger(name='attached_receipt_is_kept_but', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."line_id" IS DISTINCT FROM (NEW."line_id") OR OLD."file_id" IS DISTINCT FROM (NEW."file_id") OR OLD."attached_by_id" IS DISTINCT FROM (NEW."attached_by_id") OR OLD."attached_on" IS DISTINCT FROM (NEW."attached_on"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='431907b11d19c60b1e24be16685871c9516b0161', operation='UPDATE', pgid='pgtrigger_attached_receipt_is_kept_but_9f079', table='spending_attachedreceipt', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachedreceipt',
            trigger=pgtrigger.compiler.Trigger(name='attached_receipt_is_kept_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."taken_back_on" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='aae4c5fe7ddb3c139aaf8697c4c80b1ae0bb27dd', operation='UPDATE', pgid='pgtrigger_attached_receipt_is_kept_once_aff76', table='spending_attachedreceipt', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachedreceipt',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "spending_attachedreceiptevent" ("attached_by_id", "attached_on", "file_id", "id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "taken_back_by_id", "taken_back_on") VALUES (NEW."attached_by_id", NEW."attached_on", NEW."file_id", NEW."id", NEW."line_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."taken_back_by_id", NEW."taken_back_on"); RETURN NULL;', hash='4f969d292b657823195645c615a8543d6ae10633', operation='INSERT', pgid='pgtrigger_insert_insert_759fb', table='spending_attachedreceipt', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachedreceipt',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "spending_attachedreceiptevent" ("attached_by_id", "attached_on", "file_id", "id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "taken_back_by_id", "taken_back_on") VALUES (NEW."attached_by_id", NEW."attached_on", NEW."file_id", NEW."id", NEW."line_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."taken_back_by_id", NEW."taken_back_on"); RETURN NULL;', hash='2621f1ed67d01f8b50d11d02bb50e44a74914cad', operation='UPDATE', pgid='pgtrigger_update_update_c0a7d', table='spending_attachedreceipt', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachedreceiptevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ef58aa32f7878d183b7278d4f203757f0679f131', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5a4dd', table='spending_attachedreceiptevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachedreceiptevent',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is never emptied.', TG_TABLE_NAME;", hash='82cd2551a765d571907634e9f2f4a51933995d71', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_7f153', table='spending_attachedreceiptevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='purpose',
            constraint=models.UniqueConstraint(condition=models.Q(('taken_back_on', None)), fields=('line',), name='purpose_once_a_line'),
        ),
        migrations.AddConstraint(
            model_name='purpose',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'plan_line'), ('plan_line__isnull', False)), models.Q(models.Q(('kind', 'plan_line'), _negated=True), ('plan_line', None)), _connector='OR'), name='purpose_names_its_line_of_the_plan'),
        ),
        migrations.AddConstraint(
            model_name='purpose',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'else'), ('words', ''), _negated=True), name='purpose_of_another_kind_in_words'),
        ),
        migrations.AddConstraint(
            model_name='purpose',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('taken_back_by', None), ('taken_back_on', None)), models.Q(('taken_back_by__isnull', False), ('taken_back_on__isnull', False)), _connector='OR'), name='purpose_taken_back_by_somebody'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='purpose',
            trigger=pgtrigger.compiler.Trigger(name='purpose_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='9ca23749e44ad7cceb14d86fd2cea67f874eb997', operation='DELETE', pgid='pgtrigger_purpose_is_kept_3788f', table='spending_purpose', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='purpose',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is never emptied.', TG_TABLE_NAME;", hash='fa02076f2b7c9db9e8b33fbc7448ae7bd60d938a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_91dbf', table='spending_purpose', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='purpose',
            trigger=pgtrigger.compiler.Trigger(name='purpose_is_kept_but', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."line_id" IS DISTINCT FROM (NEW."line_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."plan_line_id" IS DISTINCT FROM (NEW."plan_line_id") OR OLD."words" IS DISTINCT FROM (NEW."words") OR OLD."said_by_id" IS DISTINCT FROM (NEW."said_by_id") OR OLD."said_on" IS DISTINCT FROM (NEW."said_on"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='cbc0e87b3cb209da936bc1e38d3d96d3a84df000', operation='UPDATE', pgid='pgtrigger_purpose_is_kept_but_c1d1c', table='spending_purpose', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='purpose',
            trigger=pgtrigger.compiler.Trigger(name='purpose_is_kept_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."taken_back_on" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4e870fbab8d12c5c6b6574a20bc25116bc373bf0', operation='UPDATE', pgid='pgtrigger_purpose_is_kept_once_6d176', table='spending_purpose', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='purpose',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "spending_purposeevent" ("id", "kind", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_line_id", "said_by_id", "said_on", "taken_back_by_id", "taken_back_on", "words") VALUES (NEW."id", NEW."kind", NEW."line_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_line_id", NEW."said_by_id", NEW."said_on", NEW."taken_back_by_id", NEW."taken_back_on", NEW."words"); RETURN NULL;', hash='514da5cbb5c3b0c30682d7ae5b0593567888750d', operation='INSERT', pgid='pgtrigger_insert_insert_e4d51', table='spending_purpose', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='purpose',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "spending_purposeevent" ("id", "kind", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_line_id", "said_by_id", "said_on", "taken_back_by_id", "taken_back_on", "words") VALUES (NEW."id", NEW."kind", NEW."line_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_line_id", NEW."said_by_id", NEW."said_on", NEW."taken_back_by_id", NEW."taken_back_on", NEW."words"); RETURN NULL;', hash='52be056a1011f7a0494b677ff292ae802947dea5', operation='UPDATE', pgid='pgtrigger_update_update_65a3a', table='spending_purpose', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='purposeevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3dc2a1061c579e459464032c83a1535b4c1f98b3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_293a7', table='spending_purposeevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='purposeevent',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is never emptied.', TG_TABLE_NAME;", hash='555fba0702fe870b73e2d68bc06e69ed10acfc75', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_b7bef', table='spending_purposeevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='question_has_words'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_by', None), ('answered_on', None)), models.Q(('answered_by__isnull', False), ('answered_on__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='question_answered_whole'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='question',
            trigger=pgtrigger.compiler.Trigger(name='question_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='92922eefaef6a86b8214d19ca75c97833fe0acc3', operation='DELETE', pgid='pgtrigger_question_is_kept_30def', table='spending_question', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='question',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is never emptied.', TG_TABLE_NAME;", hash='70352c4f3efcd870b2ae04b30576ce961fbd4f5a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_e5d64', table='spending_question', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='question',
            trigger=pgtrigger.compiler.Trigger(name='question_is_kept_but', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."line_id" IS DISTINCT FROM (NEW."line_id") OR OLD."words" IS DISTINCT FROM (NEW."words") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."asked_on" IS DISTINCT FROM (NEW."asked_on"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0b36b1732f8df18207f62bd6da42d01449e45ea7', operation='UPDATE', pgid='pgtrigger_question_is_kept_but_1db97', table='spending_question', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='question',
            trigger=pgtrigger.compiler.Trigger(name='question_is_kept_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."answered_on" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='22df53c29140a320ac1f863396814661e5058af1', operation='UPDATE', pgid='pgtrigger_question_is_kept_once_7a850', table='spending_question', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='question',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "spending_questionevent" ("answer", "answered_by_id", "answered_on", "asked_by_id", "asked_on", "id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "words") VALUES (NEW."answer", NEW."answered_by_id", NEW."answered_on", NEW."asked_by_id", NEW."asked_on", NEW."id", NEW."line_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."words"); RETURN NULL;', hash='c7d5c5b3c021158043af29236bb14eea8f90b495', operation='INSERT', pgid='pgtrigger_insert_insert_6b170', table='spending_question', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='question',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "spending_questionevent" ("answer", "answered_by_id", "answered_on", "asked_by_id", "asked_on", "id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "words") VALUES (NEW."answer", NEW."answered_by_id", NEW."answered_on", NEW."asked_by_id", NEW."asked_on", NEW."id", NEW."line_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."words"); RETURN NULL;', hash='55f4abd8f05e2853f89b891fd87035d54f6436ab', operation='UPDATE', pgid='pgtrigger_update_update_c64bb', table='spending_question', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='questionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5a0cb778bcf9de5bdd1f45001642791a8db0bc8f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6687a', table='spending_questionevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='questionevent',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is never emptied.', TG_TABLE_NAME;", hash='0f150e467989eb24ea4f675ac076b072a23b371d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_a3ef4', table='spending_questionevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='setaside',
            constraint=models.CheckConstraint(condition=models.Q(('amount_pence__gt', 0)), name='set_aside_is_money'),
        ),
        migrations.AddConstraint(
            model_name='setaside',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='set_aside_says_why'),
        ),
        migrations.AddConstraint(
            model_name='setaside',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('set_on')), _connector='OR'), name='set_aside_lasts'),
        ),
        migrations.AddConstraint(
            model_name='setaside',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('taken_back_by', None), ('taken_back_on', None)), models.Q(('taken_back_by__isnull', False), ('taken_back_on__isnull', False)), _connector='OR'), name='set_aside_taken_back_by_somebody'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='setaside',
            trigger=pgtrigger.compiler.Trigger(name='set_aside_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='1575e49c494a488d69fac83a8dc4dfb9d168dd06', operation='DELETE', pgid='pgtrigger_set_aside_is_kept_48e3e', table='spending_setaside', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='setaside',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is never emptied.', TG_TABLE_NAME;", hash='faca348834a05c4af8e6eaefc271d872d513adc0', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_f2e31', table='spending_setaside', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='setaside',
            trigger=pgtrigger.compiler.Trigger(name='set_aside_is_kept_but', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."amount_pence" IS DISTINCT FROM (NEW."amount_pence") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."until" IS DISTINCT FROM (NEW."until") OR OLD."set_by_id" IS DISTINCT FROM (NEW."set_by_id") OR OLD."set_on" IS DISTINCT FROM (NEW."set_on"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d2928364af6f245c6acf3ec669a307dd8915dc2a', operation='UPDATE', pgid='pgtrigger_set_aside_is_kept_but_019c0', table='spending_setaside', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='setaside',
            trigger=pgtrigger.compiler.Trigger(name='set_aside_is_kept_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."taken_back_on" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='10d46059df8ff514fdb0d81878bdef71de177c54', operation='UPDATE', pgid='pgtrigger_set_aside_is_kept_once_eb06d', table='spending_setaside', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='setaside',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "spending_setasideevent" ("amount_pence", "case_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "set_by_id", "set_on", "taken_back_because", "taken_back_by_id", "taken_back_on", "until") VALUES (NEW."amount_pence", NEW."case_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."set_by_id", NEW."set_on", NEW."taken_back_because", NEW."taken_back_by_id", NEW."taken_back_on", NEW."until"); RETURN NULL;', hash='7f6e84ebf672830c0a385b0746169afd1768a2c8', operation='INSERT', pgid='pgtrigger_insert_insert_84186', table='spending_setaside', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='setaside',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "spending_setasideevent" ("amount_pence", "case_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "set_by_id", "set_on", "taken_back_because", "taken_back_by_id", "taken_back_on", "until") VALUES (NEW."amount_pence", NEW."case_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."set_by_id", NEW."set_on", NEW."taken_back_because", NEW."taken_back_by_id", NEW."taken_back_on", NEW."until"); RETURN NULL;', hash='ccd68401b1ba7517c9cc60464742740e855fd337', operation='UPDATE', pgid='pgtrigger_update_update_836c0', table='spending_setaside', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='setasideevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='73e45d0d494268be43530788c0264a09bcdfb97b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3c620', table='spending_setasideevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='setasideevent',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is never emptied.', TG_TABLE_NAME;", hash='08ed6edb85380dacabba27326724628cdd33e99d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_e29d9', table='spending_setasideevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Doing',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('part', models.CharField(choices=[('choosing', 'Choosing who helps, and when'), ('paying', 'Paying people and bills'), ('papers', 'Keeping receipts, and sending statements'), ('employing', 'Wages, tax and the other duties of an employer'), ('council', 'Answering the council’s letters and questions')], max_length=9)),
                ('who', models.CharField(choices=[('alone', 'Without help'), ('together', 'With help'), ('for_them', 'Somebody else does it')], max_length=8)),
                ('words', models.CharField(blank=True, help_text='Who helps, or does it.', max_length=200)),
                ('step', models.CharField(blank=True, help_text='What the person wants to take over next.', max_length=200)),
                ('said_on', models.DateField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='who_does_what', to='people.case')),
                ('said_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('who', 'alone'), models.Q(('words', ''), _negated=True), _connector='OR'), name='doing_says_who')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='doing',
            trigger=pgtrigger.compiler.Trigger(name='doing_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d56b7536caab422b484a787840de6171b790046a', operation='UPDATE OR DELETE', pgid='pgtrigger_doing_is_kept_d8f0c', table='spending_doing', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='doing',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is never emptied.', TG_TABLE_NAME;", hash='a9852d3bdb142435a8815708a3b4de586a130318', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_e2472', table='spending_doing', when='BEFORE')),
        ),
    ]
