"""What can be pressed on the card of a run: a function of the run, too."""

from bot.domain.offer import Look, Offer
from bot.domain.plan import Undo
from bot.domain.run import Phase, Run
from bot.domain.verb import Ticked, Told


def offers(run: Run) -> tuple[Offer, ...]:
    """What can be pressed on the card of a run as it stands."""
    if run.answer is not None:
        return run.answer.offers
    id_ = run.id
    cancel = Offer("Cancel", f"cancel {id_}")
    match run.phase:
        case Phase.ASKED:
            return (cancel,)
        case Phase.CHOOSING:
            return (*(run.offers.offers if run.offers else ()), cancel)
        case Phase.WAITING:
            own = all(seat.own for seat in run.gate.seats)
            return (
                Offer("Confirm" if own else "Approve", f"agree {id_} {run.digest}", look=Look.GOOD),
                *(() if own else (Offer("Decline", f"decline {id_} because", asks="Why not?", look=Look.DANGER),)),
                *(run.plan.offers if run.plan else ()),
                cancel,
            )
        case Phase.AGREED:
            return (cancel,)
        case Phase.DOING:
            return (*_ticks(run), *(() if run.cancelled_by else (cancel,)))
        case Phase.ASKING:
            return _choices(run)
        case Phase.STANDING:
            return (Offer("Put back now", f"undo {id_}"), Offer("Extend", run.words))
        case Phase.OVER:
            return _afterwards(run)
    return ()


def once_offered(run: Run) -> tuple[Offer, ...]:
    """What the card of a run has offered, or may have: a press on one of these that comes too late gets its reason."""
    id_ = run.id
    said = (f"agree {id_} {run.digest}", f"cancel {id_}")
    decline = Offer("", f"decline {id_} because", asks="Why not?")
    return decline, *(
        Offer("", words) for words in (*said, *(f"{verb} {id_}" for verb in ("again", "put-back", "keep", "go-on")))
    )


def _choices(run: Run) -> tuple[Offer, ...]:
    # On its way back already: to put it back again, or to go on forward, is no choice any more.
    back = run.resume in (Phase.UNDOING, Phase.STANDING)
    again = Offer("Try again", f"again {run.id}", look=Look.GOOD)
    put_back = Offer("Put back", f"put-back {run.id}", look=Look.DANGER)
    keep = Offer("Leave it as it is", f"keep {run.id}")
    if back:
        return again, keep
    if run.cancelled_by is not None:
        return put_back, keep, Offer("Go on", f"go-on {run.id}")
    skip = (Offer("Go on without it", f"go-on {run.id}"),) if run.failure is not None else ()
    return again, put_back, keep, *skip


def _afterwards(run: Run) -> tuple[Offer, ...]:
    how = run.ended.how if run.ended else ""
    if how in ("done", "kept") and undoable(run):
        return (Offer("Undo", f"undo {run.id}"),)
    if how in ("expired", "refused", "put back", "failed") and run.ended and run.ended.again:
        return (Offer("Ask again", run.words),)
    return ()


def undoable(run: Run) -> bool:
    """Whether something stands by this run's doing that has a way back."""
    return any(isinstance(run.way_back(stand.step), Undo) for stand in run.stands)


def _ticks(run: Run) -> tuple[Offer, ...]:
    leg = run.leg
    if leg is None:
        return ()
    made = []
    for number, check in enumerate(run.step(leg.step).checks):
        if isinstance(check, Ticked | Told) and number not in leg.told:
            words = f"tick {run.id} {leg.step} {number}"
            asks = check.what if isinstance(check, Told) else ""
            made.append(Offer(str(check), words, asks))
    return tuple(made)
