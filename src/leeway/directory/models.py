"""Providers and what they offer, where, at what price and of what quality."""

import uuid

from django.db import models


class Provider(models.Model):
    """An organisation or a person that gives support."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=250)

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """One thing that someone could choose: a listing in the directory."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="services")
    name = models.CharField(max_length=250)

    def __str__(self) -> str:
        return self.name
