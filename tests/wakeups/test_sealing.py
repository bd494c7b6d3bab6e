"""What a push is sealed with is what every browser opens: the example of RFC 8291, section 5.

No browser here can show it itself: Chromium subscribes at its maker's push service alone, which no
test reaches. So the tests' push service opens what arrives by the RFC, and here it opens the RFC's
own example.
"""

from cryptography.hazmat.primitives.asymmetric import ec

from sync.wakeups import webpush
from sync.wakeups.webpush import To
from tests.wakeups.push_service import Browser, raw

PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
    "lcy4a-fN"
)


def browser() -> Browser:
    number = int.from_bytes(raw(PRIVATE))
    return Browser(ec.derive_private_key(number, ec.SECP256R1()), raw(AUTH))


def test_the_tests_push_service_opens_the_example() -> None:
    assert browser().point == raw(PUBLIC)
    assert browser().opened(raw(BODY)) == b"When I grow up, I want to be a watermelon"


def test_it_opens_what_the_mailbox_seals_and_no_two_are_alike() -> None:
    to = To("https://push.example.net/p", browser().point, raw(AUTH))
    sealed = [webpush.sealed(to) for _ in range(2)]
    assert [browser().opened(one) for one in sealed] == [webpush.CONTENT] * 2
    assert sealed[0] != sealed[1]
