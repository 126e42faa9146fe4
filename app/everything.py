"""Every section of the board, so that its items and commands are known wherever one is read."""

from app.assessing import answering, assessment
from app.board import section
from app.circles import circle, finding, ties
from app.family import bonds, kin
from app.history import redaction, undo
from app.houses import making, sharing, things
from app.leading import hands, locking, notes, wall
from app.map import cards, statements
from app.meetings import bringing, correction, meeting
from app.people import afar, joining, knock, person
from app.people import family_time as family_time_item
from app.privacy import family_time, quiet, sheltering, showing
from app.scale import earlier, scale
from app.stages import agenda
from app.steps import steps
from app.supervision import prepared, questions
from app.writing import write

SECTIONS = (
    *(meeting, bringing, correction, agenda, hands, section, locking, notes, wall, person),
    *(knock, joining, cards, statements, scale, earlier, circle, steps, write, undo, redaction),
    *(showing, quiet, sheltering, things, making, sharing),
    *(assessment, answering, questions, prepared),
    *(finding, ties, kin, bonds),
    *(family_time_item, family_time, afar),
)
