"""`check --deploy` warns of settings with which no request would ever be answered."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import override_settings


@pytest.mark.parametrize(
    ("https", "proxies", "warned"), [(True, 0, True), (True, 1, False), (False, 0, False)]
)
def test_https_behind_a_proxy_that_nobody_trusts_is_told(
    https: bool, proxies: int, warned: bool
) -> None:
    told = StringIO()
    with override_settings(SECURE_SSL_REDIRECT=https, TRUSTED_PROXIES=proxies):
        call_command("check", deploy=True, stdout=StringIO(), stderr=told)
    assert ("TRUSTED_PROXIES is 0" in told.getvalue()) == warned
