"""What a person reads when something cannot be done; a 12-year-old can read it."""

from __future__ import annotations

from app.board.refusal import Refused
from app.fragments.language import translations


def _(text: str) -> str:
    """Marks a sentence for the catalogues; it is translated in `explain`."""
    return text


SENTENCES = {
    # What was written
    "empty": _("Please write something here."),
    "missing": _("Please fill this in."),
    "too_long": _("This is too long. You can write up to %(limit)s letters here."),
    "hidden_character": _(
        "There is a hidden character in this text that cannot be kept. Please type it again."
    ),
    "out_of_range": _("Please choose a number from 0 to 10."),
    "not_a_choice": _("Please pick one of the choices."),
    "not_a_date": _("This is not a date. Please pick a day."),
    "not_valid": _("This does not look right. Please check it."),
    "too_many": _("That is too many at once."),
    # The board
    "not_found": _("This is no longer here. Someone may have changed it."),
    "withdrawn": _("This was taken off the board, so it cannot be changed now."),
    "exists": _("This is on the board already."),
    "bond_exists": _("These two stand together like this already. Change the line between them."),
    "own_ancestor": _("That does not fit: somebody would be their own parent or grandparent."),
    "too_many_parents": _("A child has at most two parents of this kind. Choose another kind."),
    "no_parents": _("Put in the parents first: brothers and sisters stand under them."),
    "not_a_year": _("Please write a year with four digits, like 1985."),
    "died_before": _("Nobody dies before they are born. Please check the years."),
    "same_person": _("Please choose two different people."),
    "not_a_group": _("A card cannot be put under this one."),
    "not_yours": _("These are someone else's words. Only they, or the worker, can change them."),
    "not_allowed": _("You cannot do this here. The facilitator can help you."),
    "family_alone": _(
        "The family is talking alone. What everyone sees stays as it is until all are back."
    ),
    "no_family": _("Nobody of the family is here yet."),
    "shown_before": _("Others have seen this, so it cannot be a draft again."),
    "childs_own": _("This belongs to the child. Only the child decides about it."),
    "needs_leave": _("Please ask the child first, and mark here that the child said yes."),
    "share_first": _("This is not shared yet. Once it is, it can go to the map."),
    "drawing_full": _("This sheet is full. Please take a new one."),
    "not_an_owner": _("Only someone named in this step can agree to it."),
    "closed": _("This meeting is closed, so nothing can be added."),
    "moved_on": _("Someone else has just moved the meeting on. Please look again."),
    "no_timer": _("There is no timer now."),
    "not_closed": _("This meeting is still open: change the words on the board themselves."),
    "locked": _("The facilitator has locked the board for now. Your words are kept here."),
    "section_locked": _("The facilitator has closed this part for now. Your words are kept here."),
    "still_quiet": _("All cards are shown together. Until then this one waits with you."),
    "not_quiet": _("Nobody is writing quietly now."),
    "muted": _("The facilitator has paused your writing for now. You can still read."),
    "slow_down": _("That was a lot at once. Please wait %(wait)s seconds, then try again."),
    "nothing_to_show": _("Nobody has given a number yet."),
    "answers_shown": _("The answers have been shown to all, so they stay as they are."),
    "answers_hidden": _("First show all the answers, then talk and agree."),
    "workers_only": _("This meeting is for workers only."),
    "taken": _("This question has been taken to the family's board already."),
    "no_meeting": _("The family has no meeting that goes on or is to come. Please make one first."),
    "nothing_chosen": _("Mark the best questions first: those are taken."),
    "nothing_to_undo": _("There is nothing of yours to take back."),
    "changed_since": _("Someone has changed this since, so it cannot be taken back."),
    "resting": _(
        "Kinboard cannot look things up just now. Nothing is lost. Please try again soon."
    ),
    "not_sent": _(
        "This could not be saved just now. Please wait a minute, then load this page again:"
        " what you typed is then sent once more."
    ),
    "not_saved": _("This could not be saved just now. Your words are kept here. Please try again."),
    # Coming in
    "not_let_in": _("You are not in this meeting. Please join again."),
    "no_such_code": _(
        "No open meeting has this code. Please check it, or ask the one who invited you."
    ),
    "link_ended": _("This link no longer works. Ask the one who invited you for a new one."),
    "not_open": _("This meeting is not open yet. Please wait a moment and try again."),
    # Accounts
    "no_fit": _(
        "That does not fit together. Please check it; after several tries, wait a few minutes."
    ),
    "old_page": _("This page is too old. Please go back, load it again, and try once more."),
    "too_short": _("This is too short. Please take at least %(limit)s letters, signs or spaces."),
    "common_password": _(
        "Many people use this password, so it is easy to guess. Please take another one."
    ),
    "about_you": _("This is mostly your name or e-mail address. Please take other words."),
    "not_the_same": _("The two are not the same. Please type the password again."),
    "code_wrong": _("This code does not fit. Please type the six digits that the app shows now."),
    "old_link": _("This link has been used, or is too old. Please ask for a new one."),
    "passkey_failed": _(
        "This passkey did not work here. Please try again, or sign in another way."
    ),
    "last_factor": _("This is your only second step. Please set up another one first."),
    "not_an_email": _("This is not an e-mail address. Please check it."),
    "email_taken": _("There is an account with this e-mail address already."),
    "last_admin": _("This is the only admin. Please make somebody else an admin first."),
    "no_team": _("You are in no team that can do this. Please ask your admin."),
    "agency_failed": _("Signing in there did not work. Please try again."),
    "agency_unknown": _("Nobody here has this account. Please ask your admin to invite you."),
    # Records
    "not_a_record": _("This file is not a Kinboard record."),
    "too_new": _("This file was made by a newer Kinboard. Please update first."),
    "broken_log": _("This file is damaged: its history and its board do not fit together."),
    # Programs
    "unknown_command": _("There is no such command."),
    "unknown_field": _("There is no such field."),
    "unknown_frame": _("There is no such kind of message."),
    "not_json": _("This message is not JSON."),
    "not_text": _("This message is not text."),
    "not_an_object": _("This message is not a JSON object."),
    "no_hello": _("The first message has to be a hello."),
    "not_an_update": _("This change of a text cannot be read."),
    "out_of_order": _("An earlier change of this text is missing, so this one does not fit."),
}


def explain(refusal: Refused, lang: str) -> str:
    """The sentence for a refusal, in a person's language."""
    sentence = SENTENCES.get(refusal.code, SENTENCES["not_valid"])
    translated = translations(lang).gettext(sentence)
    return translated % refusal.details if refusal.details else translated.replace("%(limit)s", "")
