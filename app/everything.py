"""Every section of the board, so that its items and commands are known wherever one is read."""

from app.circles import circle
from app.history import redaction, undo
from app.leading import hands
from app.map import cards, statements
from app.meetings import bringing, correction, meeting
from app.people import afar, joining, knock, person
from app.people import family_time as family_time_item
from app.privacy import family_time, sheltering, showing
from app.scale import scale
from app.stages import agenda
from app.steps import steps
from app.writing import write

SECTIONS = (
    *(meeting, bringing, correction, agenda, hands, person, knock, joining),
    *(cards, statements, scale, circle, steps, write, undo, redaction, showing, sheltering),
    *(family_time_item, family_time, afar),
)
