"""Every section of the board, so that its items and commands are known wherever one is read."""

from app.circles import circle
from app.history import undo
from app.map import cards, statements
from app.meetings import meeting
from app.people import joining, knock, person
from app.scale import scale
from app.steps import steps
from app.writing import write

SECTIONS = (
    meeting,
    person,
    knock,
    joining,
    cards,
    statements,
    scale,
    circle,
    steps,
    write,
    undo,
)
