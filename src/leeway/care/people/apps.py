from django.apps import AppConfig


class Config(AppConfig):
    name = "leeway.care.people"
    label = "people"

    def ready(self):
        from leeway.access.second_factor import let_say_who_acts_for_many
        from leeway.care.people.queries import FILES_OF_CASE, acts_for_many, may_read_files
        from leeway.files.access import register

        register(FILES_OF_CASE, may_read=may_read_files)
        let_say_who_acts_for_many(acts_for_many)
