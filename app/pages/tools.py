"""Structured assessments: one's own page of answers, and what they came to, on paper."""

from __future__ import annotations

import asyncio
import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from app.assessing.assessment import Assessment
from app.board.refusal import Refused
from app.export.assessments import assessments_of
from app.export.pdf import plan_of, typeset
from app.pages.meeting import In, Outside, TakesAway, download
from app.pages.respond import show
from app.sight import on_paper

router = APIRouter(include_in_schema=False)


@router.get("/m/{board_id}/{person_id}/tools/{assessment_id}")
async def own_answers(place: In, assessment_id: str) -> Response:
    """What somebody answers for themselves; nobody else is asked, or shown, on this page."""
    view = place.view()
    assessment = view.board.standing(Assessment, assessment_id)
    if place.person.id not in assessment.raters:
        raise Refused("not_found", "id")
    return show(
        place.request,
        "answering.html",
        place.lang,
        assessment=assessment,
        tool=view.assessing.tool(assessment),
        own=view.assessing.own(assessment, place.person.id),
    )


@router.get("/m/{board_id}/{person_id}/tools.pdf")
async def export_with_assessments(place: TakesAway) -> Response:
    """The plan with the agency's part: all assessments that the team sees, for the file."""
    if not place.person.leads:
        raise Outside("not_allowed")
    place.note("pdf.exported")
    async with place.live.settled() as board:
        plan = plan_of(board, on_paper(board, place.person), place.lang)
        plan["assessments"] = assessments_of(place.view())
    made = await asyncio.to_thread(typeset, plan, datetime.datetime.now(datetime.UTC))
    return download(made, "application/pdf", "meeting.pdf")
