"""Which movements make a session."""

from collections import Counter
from collections.abc import Mapping, Sequence

from training.catalogue import MOVEMENTS
from training.model import Exercise, Level, Movement, MuscleGroup, Pattern
from training.plan_dose import doses
from training.plan_kit import NO_WEIGHT, is_makeshift, is_without_weight, kit_of, shown_name
from training.plan_variety import is_heavy_hinge, is_light, is_welcome, kind_of
from training.plan_wish import Wish, suits
from training.session import plan_minutes

MAX_EXERCISES: dict[Level, int] = {"beginner": 8, "intermediate": 10, "advanced": 10}
MIN_EXERCISES = 3
WHOLE_BODY_EXERCISES = 4
MINUTES_PER_EXERCISE = 8
"""More movements in a session than anybody does well, the fewest, legs, push, pull and hip for a whole body, and how
long one takes. Our convention."""
MOST_OF_A_PARTNER = 2
"""More for what is trained along would be a session of its own."""
USUAL = 8
"""So many movements of a kind are as usual as each other."""

_LAST: frozenset[Pattern] = frozenset({"core", "carry", "locomotion"})

_Place = tuple[frozenset[Pattern], frozenset[MuscleGroup]]
_KNEE: _Place = (frozenset({"squat", "lunge"}), frozenset({"legs"}))
_HIP: _Place = (frozenset({"hinge"}), frozenset({"legs"}))
_PUSH: _Place = (frozenset({"horizontal_push", "vertical_push"}), frozenset({"chest", "shoulders", "triceps"}))
_PULL: _Place = (frozenset({"horizontal_pull", "vertical_pull"}), frozenset({"back", "biceps"}))
_CORE: _Place = (frozenset({"core", "carry"}), frozenset({"core"}))
_WHOLE_BODY: tuple[_Place, ...] = (_KNEE, _PUSH, _PULL, _HIP, _CORE, _PUSH, _PULL, _KNEE)
"""What a session for the whole body is made of, the most important first, and again."""

_LIFTS: frozenset[Pattern] = frozenset({"isolation"})
_PUSHES: frozenset[Pattern] = _PUSH[0] | _LIFTS
_PULLS: frozenset[Pattern] = _PULL[0] | _LIFTS
_STEADY: frozenset[Pattern] = _CORE[0]
_HINGES: frozenset[Pattern] = _HIP[0]
_PARTNERS: Mapping[MuscleGroup, tuple[tuple[MuscleGroup, frozenset[Pattern]], ...]] = {
    "chest": (("triceps", _PUSHES), ("shoulders", _PUSHES), ("core", _STEADY)),
    "back": (("biceps", _PULLS), ("core", _STEADY), ("shoulders", _PULLS)),
    "shoulders": (("triceps", _PUSHES), ("back", _PULLS), ("core", _STEADY)),
    "biceps": (("back", _PULL[0]), ("triceps", _PUSHES), ("core", _STEADY)),
    "triceps": (("chest", _PUSHES), ("biceps", _LIFTS), ("core", _STEADY)),
    "legs": (("core", _STEADY),),
    "core": (("back", _HINGES), ("legs", _HINGES)),
}
"""What is usually trained along with a muscle group, the nearest first, and how. Our convention."""
_SMALL: frozenset[MuscleGroup] = frozenset({"biceps", "triceps"})
"""Groups that few movements work: every other one of the session is for a partner, elsewhere every third."""


def choose(wish: Wish, own: Mapping[str, Exercise]) -> list[Movement]:
    """The movements of a session, in the order to do them, at least half of them for the focus."""
    pool = [movement for movement in MOVEMENTS if suits(movement, wish)]
    rarity = _rarity(pool)
    chosen: list[Movement] = []

    def order(movement: Movement) -> tuple[int, tuple[bool, bool, bool]]:
        return rarity[movement.name] + _cost(movement, chosen, wish), _tie(movement, own, wish)

    while len(chosen) < most_exercises(wish):
        candidates = sorted(_next(pool, chosen, wish), key=order)
        # The best or none, for what is left of the time is better spent on sets; but one movement is no session.
        fitting = [m for m in candidates[: 1 if len(chosen) > 1 else None] if _fits([*chosen, m], wish, own)]
        if not fitting:
            break
        chosen.append(fitting[0])
    return _in_order(chosen, wish)


def most_exercises(wish: Wish) -> int:
    """How many movements a session of this length holds."""
    least = MIN_EXERCISES if wish.focus else WHOLE_BODY_EXERCISES
    return min(MAX_EXERCISES[wish.level], max(least, wish.minutes // MINUTES_PER_EXERCISE))


def _fits(movements: Sequence[Movement], wish: Wish, own: Mapping[str, Exercise]) -> bool:
    return plan_minutes(doses(_in_order(movements, wish), wish, own)) <= wish.minutes


def _in_order(movements: Sequence[Movement], wish: Wish) -> list[Movement]:
    """Heavy before light, the focus first; and last the core, which everything else needs, but for a core session.

    A heavy hinge comes second at the latest: nobody deadlifts well who is tired.
    """
    turns = sorted(movements, key=lambda m: _turn(m, wish))
    hinge = next((m for m in turns[2:] if is_heavy_hinge(m)), None)
    if hinge is None:
        return turns
    others = [m for m in turns if m is not hinge]
    return [others[0], hinge, *others[1:]]


def _turn(movement: Movement, wish: Wish) -> tuple[bool, bool, bool]:
    steadies = movement.pattern in _LAST
    is_last = steadies and wish.focus != "core"
    return is_last, is_light(movement) and not steadies, movement.primary != wish.focus


def _next(pool: Sequence[Movement], chosen: Sequence[Movement], wish: Wish) -> list[Movement]:
    """Where the next movement comes from."""
    fresh = [m for m in pool if m not in chosen]
    welcome = [m for m in fresh if is_welcome(m, chosen, wish)]
    if wish.focus is None or not any(m.primary == wish.focus for m in pool):
        return _for_whole_body(welcome, pool, chosen) or _for_whole_body(fresh, pool, chosen)
    focused = [m for m in welcome if m.primary == wish.focus] or [m for m in fresh if m.primary == wish.focus]
    others = [m for m in chosen if m.primary != wish.focus]
    share = 1 if wish.focus in _SMALL else 2
    trained = len(chosen) - len(others)
    if focused and trained < share * (len(others) + 1):
        return focused
    partners = _for_partners(welcome, others, wish.focus) if trained > len(others) else []
    return partners or focused


def _for_partners(fresh: Sequence[Movement], others: Sequence[Movement], focus: MuscleGroup) -> list[Movement]:
    partners = _PARTNERS[focus]
    for turn in range(len(others), len(others) + len(partners)):
        group, patterns = partners[turn % len(partners)]
        if sum(m.primary == group for m in others) >= MOST_OF_A_PARTNER:
            continue
        # Whoever deadlifts should have come for it.
        if found := [m for m in fresh if m.primary == group and m.pattern in patterns and not is_heavy_hinge(m)]:
            return found
    return []


def _for_whole_body(fresh: Sequence[Movement], pool: Sequence[Movement], chosen: Sequence[Movement]) -> list[Movement]:
    places = [place for place in _WHOLE_BODY if any(m.primary in place[1] for m in pool)]
    for turn in range(len(chosen), len(chosen) + len(places)):
        patterns, groups = places[turn % len(places)]
        if found := [m for m in fresh if m.primary in groups]:
            return [m for m in found if m.pattern in patterns] or found
    return list(fresh)


def _cost(movement: Movement, chosen: Sequence[Movement], wish: Wish) -> int:
    """What speaks against a movement: others like it, that it is light, and that it suits the equipment badly."""
    # Whoever has weights wants to use them, but for what is done without them anyway.
    unloaded = bool(wish.at_hand - NO_WEIGHT) and movement.pattern != "core" and is_without_weight(movement)
    # But after a press, push-ups or dips are as good as the next press, once.
    pressed = [other for other in chosen if other.pattern == movement.pattern and movement.pattern in _PUSH[0]]
    unloaded &= not pressed or any(map(is_without_weight, pressed))
    hold = movement.timed and movement.pattern not in _LAST
    misnamed = is_makeshift(movement, wish) and shown_name(movement, wish) == movement.name
    makeshift = kit_of(movement, wish) != movement.equipment[0]
    hard = movement.level == "advanced"
    forearm = "Wrist" in movement.name  # it counts with the biceps, but nobody means it by that
    alike = sum(_alike(movement, other) for other in chosen)
    return alike + is_light(movement) + makeshift + hard + 2 * (forearm + hold) + 5 * misnamed + 9 * unloaded


def _tie(movement: Movement, own: Mapping[str, Exercise], wish: Wish) -> tuple[bool, bool, bool]:
    """Of equals: heavy ones, what somebody knows, and a bar for whoever has learned to lift one."""
    no_bar = wish.level != "beginner" and not is_light(movement) and "barbell" not in kit_of(movement, wish)
    return is_light(movement), movement.name not in own, no_bar


def _alike(movement: Movement, other: Movement) -> int:
    """How much of the same two movements are: they move alike, need the same, or are called alike."""
    if movement.pattern != other.pattern:
        return 0
    same_kit = bool(movement.equipment[0] & other.equipment[0] - NO_WEIGHT)
    name, other_name = kind_of(movement), kind_of(other)
    same_name = name[-1:] == other_name[-1:] if is_light(movement) else name == other_name
    return 1 + same_kit + same_name


def _rarity(pool: Sequence[Movement]) -> dict[str, int]:
    """The catalogue names the usual movements of each group first, so what comes late is rare."""
    seen: Counter[tuple[MuscleGroup, Pattern]] = Counter()
    rarity = {}
    for movement in pool:
        kind = (movement.primary, movement.pattern)
        rarity[movement.name] = seen[kind] // USUAL
        seen[kind] += 1
    return rarity
