"""Each refusal of Act!: its sentence, its code, and nothing of what the server wrote."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from clients.agent.act import refusals
from clients.agent.act.address import parse
from clients.agent.act.line import Line
from clients.agent.act.refusals import Refusal
from clients.trouble import Exit, Trouble
from sync.findings.syncing import FINAL_CODES
from tests.clients.act.scripted import DATABASE, PASSWORD, USER, Said, Server, data, page, running

GATEWAY = "Invalid key=value pair (missing equal-sign) in Authorization header: 'Bearer x'."
NULL_REFERENCE = {
    "message": "An error has occurred.",
    "exceptionMessage": "Object reference not set: Maria Anders",
    "exceptionType": "System.NullReferenceException",
    "stackTrace": "   at Act.Web.API.Maria",
}
UPDATE = {**NULL_REFERENCE, "exceptionType": "Act.Framework.SqlException: Maria"}
GUID = "1a2b3c4d-4032-4031-4030-0123456789ab"


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (Said(403), "crm-right-missing", "Access All Non-Private Data"),
        (data({"message": f"record {GUID}"}, 403), "crm-right-missing", "role Manager"),
        (data({"code": 4032}, 403), "crm-right-missing", "permission Web API Access"),
        (Said(403, reason="4032"), "crm-right-missing", "permission Web API Access"),
        (Said(403, b"Subscription required."), "crm-licence-expired", "renew"),
        (Said(403, reason="4031 Forbidden"), "crm-licence-expired", "renew"),
        (Said(4031), "crm-licence-expired", "renew"),
        (Said(403, b'{"error":"4030"}'), "act-incompatible", "same update"),
        (data({"message": GATEWAY}, 403), "act-not-there", "CUSTOMER-api"),
        (page("<html>403.6 Forbidden", 403), "act-address-not-allowed", "IIS"),
        (page("<html>404", 404), "act-not-there", "check the address"),
        (data({"message": "x"}, 404), "act-not-found", "no such record"),
        (data({"message": "x"}, 400), "act-query-refused", "run connect again"),
        (Said(423), "act-locked", "upload"),
        (Said(301, headers={"Location": "https://x/"}), "act-not-there", "on to https://x/"),
        (data(NULL_REFERENCE, 500), "act-broken", "Authorization header"),
        (data(UPDATE, 500), "act-broken", r"\(500\)"),
        (Said(502), "act-broken", r"\(502\)"),
        (page("<html>sign in here"), "act-answer-unreadable", "HTML"),
        (Said(200, b'[{"id": "Maria'), "act-answer-unreadable", "cut"),
        (Said(200, b"[" * 99999), "act-answer-unreadable", "cut"),
        (Said(200), "act-answer-unreadable", "empty answer"),
        (data({"items": []}), "act-answer-unreadable", "unknown form"),
    ],
)
def test_a_refusal_has_a_sentence_and_a_code(
    server: Server, line: Line, answer: Said, code: str, words: str
) -> None:
    server.plays = lambda asked: answer
    with pytest.raises(Refusal, match=words) as caught:
        line.rows("contacts")
    assert caught.value.code == code
    assert caught.value.exit_code != Exit.OK
    assert caught.value.sentence.endswith(".")
    assert "Maria" not in repr(caught.value)


def test_what_no_later_try_mends_is_shown_at_the_portal_at_once() -> None:
    final = (refusals.SignInRefused, refusals.RightMissing, refusals.LicenceExpired)
    assert {refusal.code_of for refusal in final} <= set(FINAL_CODES)


@pytest.mark.parametrize("state", ["LOCK", "PENDING_LOCK", "UNLOCK"])
def test_before_act_is_called_broken_its_lock_is_asked_for(
    server: Server, line: Line, state: str
) -> None:
    lock = data({"lockTypeId": state, "reasonId": "Repair", "username": "Maria"})
    server.plays = lambda asked: lock if asked.path.endswith("maintenance/lock") else Said(500)
    with pytest.raises(Refusal) as caught:
        line.get("contacts")
    assert caught.value.code == ("act-broken" if state == "UNLOCK" else "act-locked")
    assert "Maria" not in caught.value.sentence
    assert len(server.asked_at("/api/database/maintenance/lock")) == 1


@pytest.mark.parametrize(
    "answer",
    [page("<html>Welcome"), data({"message": "x"}, 404), data({}), data([])],
)
def test_a_wrong_address_is_found_without_the_password(
    server: Server, line: Line, answer: Said
) -> None:
    server.plays = lambda asked: answer
    with pytest.raises(refusals.NotAct):
        line.system()
    assert server.sign_ins == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of a server's own, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "act.example.com")])
    day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(day)
        .not_valid_after(day + dt.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "act.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        made.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.fixture
def https(certificate: Path) -> Iterator[Server]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with running(context) as acting:
        yield acting[0]


def test_a_certificate_is_checked_and_an_own_authority_can_be_named(
    https: Server, certificate: Path
) -> None:
    with (
        closing(Line(https.address, DATABASE, USER, lambda: PASSWORD)) as line,
        pytest.raises(refusals.CertificateRefused, match="--ca-file"),
    ):
        line.get("contacts")
    assert https.asked == []
    known = Line(https.address, DATABASE, USER, lambda: PASSWORD, ca_file=certificate)
    with closing(known) as line:
        assert line.get("contacts") == []
    other = parse(https.url.replace("localhost", "127.0.0.1"), plain_http=False)
    with (
        closing(Line(other, DATABASE, USER, lambda: PASSWORD, ca_file=certificate)) as line,
        pytest.raises(refusals.CertificateRefused, match="mismatch"),
    ):
        line.get("contacts")
    assert line.requests == 1


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_file_that_holds_no_authority(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    address = parse("https://act.example.com", plain_http=False)
    with pytest.raises(Trouble, match=r"ca\.pem cannot be used") as caught:
        Line(address, DATABASE, USER, lambda: "", ca_file=path)
    assert caught.value.exit_code == Exit.USAGE
