"""Changes that were refused alone are named to people, as far as they could be read."""

from tests.findings.scene import Scene
from tests.office import put, said

LONG = "x" * 65


def evidence(scene: Scene) -> list[str]:
    (found,) = (f for f in scene.status()["findings"] if f["code"] == "records-refused")
    return [fact["value"] for fact in found["evidence"] if fact["value"]]


def test_kind_id_and_reason_of_each(scene: Scene) -> None:
    scene.server.deliver(put("too-old", 0), put("x", 0, kind="Note"), put(LONG), put("fine"))
    facts = evidence(scene)
    assert facts[0].startswith("contact too-old: not of the agreed form (")
    assert [fact.split(" (")[0] for fact in facts[1:]] == ["not of the agreed form"] * 2
    assert LONG not in " ".join(facts)


def test_of_many_the_first_are_named_and_the_others_counted(scene: Scene) -> None:
    scene.server.deliver(*(put(f"r{n}", 0) for n in range(40)))
    facts = evidence(scene)
    assert [fact.split(":")[0] for fact in facts[:-1]] == [f"contact r{n}" for n in range(5)]
    assert facts[-1] == "35"


def test_the_programs_get_what_the_contract_names(scene: Scene) -> None:
    answers = [said(scene.server.push(put("bad", 0), key="k"), 202) for _ in range(2)]
    kept = said(scene.server.get(f"/batches/{answers[0]['batch']}"))
    for answer in (*answers, kept):
        (refusal,) = answer["rejected"]
        assert set(refusal) == {"index", "code", "detail"}
