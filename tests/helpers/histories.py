"""What several people may decide about two vessels, each on a copy, with the copies merged now and then."""

from profilex.decisions import Act, replay
from profilex.decisions.history import steps
from tests.helpers.decisions import bowl, decision, outline

VESSEL = bowl()
OTHER = bowl("v002", x=1100)


def random_decision(generator, own, person):
    """What a person may decide next on a copy; None where there is nothing to undo."""
    vessel = generator.choice([VESSEL, OTHER])
    act = generator.choice([Act.ACCEPT, Act.REJECT, Act.MEND, Act.LABEL, Act.UNDO])
    known = [subject for subject in replay(own).subjects if subject.vessel == vessel.identifier]
    subject, heads = (known[0].name, known[0].heads) if known else ("", ())
    more = {}
    if act is Act.MEND:
        more = {"parts": {"sections": outline(vessel, generator.uniform(-3, 3))}}
    elif act is Act.LABEL:
        more = {"parts": {"figure": str(generator.randint(1, 3))}}
    elif act is Act.UNDO:
        stack = steps(own, person)
        choices = [*stack.undo[-1:], *stack.redo[-1:]]
        if not choices:
            return None
        more = {"undoes": (generator.choice(choices),)}
        subject = next(event.subject for event in own if event.id == more["undoes"][0])
    name = f"{generator.getrandbits(64):016x}"
    return decision(act, vessel, name=name, subject=subject, prev=heads, by=person, **more)


def random_copies(generator, people=("ada", "bo", "cem")):
    """What several people decide, each on an own copy; now and then one takes in another's."""
    copies = {person: [] for person in people}
    for _ in range(generator.randint(1, 25)):
        person = generator.choice(people)
        own = copies[person]
        if generator.random() < 0.15:
            known = {event.id for event in own}
            own += [event for event in copies[generator.choice(people)] if event.id not in known]
        elif event := random_decision(generator, own, person):
            own.append(event)
    return copies
