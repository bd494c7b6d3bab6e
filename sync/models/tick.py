from django.db import models


class Tick(models.Model):
    """A long-running process's sign of life, written by a thread inside it."""

    name = models.CharField(primary_key=True, max_length=32)
    at = models.DateTimeField()
    since = models.DateTimeField(null=True, help_text="From when on without a longer pause.")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
