"""What people may send; CSRF protection comes with each form."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import AnyOf, InputRequired, Length, Regexp

from appliance.store.accounts import LONGEST, SHORTEST, Role
from appliance.store.alarms import OUTCOMES
from web.words import N_


def _stripped(value: str | None) -> str | None:
    return value.strip() if value else value


class LoginForm(FlaskForm):  # type: ignore[misc]
    name = StringField(N_("Name"), [InputRequired(N_("Enter your name.")), Length(max=64)])
    password = PasswordField(N_("Password"), [InputRequired(N_("Enter your password.")), Length(max=LONGEST)])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    old = PasswordField(N_("Current password"), [InputRequired(N_("Enter the current password."))])
    new = PasswordField(
        N_("New password"),
        [
            InputRequired(N_("Enter the new password.")),
            Length(SHORTEST, LONGEST, N_("A password has %(min)d to %(max)d characters.")),
        ],
    )
    again = PasswordField(N_("New password, again"), [InputRequired(N_("Enter the new password again."))])


class ReleaseForm(FlaskForm):  # type: ignore[misc]
    reason = StringField(
        N_("What you looked at"),
        [
            InputRequired(N_("Say what you looked at, so that the next shift knows.")),
            Length(3, 120, N_("Between %(min)d and %(max)d characters.")),
            Regexp(r"^[^\x00-\x1f\x7f]*$", message=N_("Plain characters only.")),
        ],
    )


class HoldForm(FlaskForm):  # type: ignore[misc]
    reason = StringField(
        N_("Reason"),
        [
            InputRequired(N_("Say why, so that the next shift knows.")),
            Length(3, 120, N_("Between %(min)d and %(max)d characters.")),
            # Shown on every page: no line breaks, no controls.
            Regexp(r"^[^\x00-\x1f\x7f]*$", message=N_("Plain characters only.")),
        ],
        filters=[_stripped],
    )


class RevealForm(FlaskForm):  # type: ignore[misc]
    reason = StringField(
        N_("Why you need the number"),
        [
            InputRequired(N_("Say why: it is recorded with your name.")),
            Length(3, 120, N_("Between %(min)d and %(max)d characters.")),
        ],
        filters=[_stripped],
    )


class ReasonsForm(FlaskForm):  # type: ignore[misc]
    call_id = StringField(
        N_("Call"), [InputRequired(N_("Enter the call's id.")), Length(max=64)], filters=[_stripped]
    )
    reason = StringField(
        N_("Why you need to know"),
        [
            InputRequired(N_("Say why: it is recorded with your name.")),
            Length(3, 120, N_("Between %(min)d and %(max)d characters.")),
        ],
        filters=[_stripped],
    )
    password = PasswordField(
        N_("Your password, again"), [InputRequired(N_("Enter your password.")), Length(max=LONGEST)]
    )


class CloseAlarmForm(FlaskForm):  # type: ignore[misc]
    outcome = StringField(N_("What was done"), [AnyOf(OUTCOMES, N_("Say what was done, then close."))])


class AccountForm(FlaskForm):  # type: ignore[misc]
    name = StringField(N_("Name"), [InputRequired(N_("Enter a name.")), Length(max=32)], filters=[_stripped])
    role = StringField(N_("Role"), [AnyOf([role.value for role in Role], N_("Choose a role."))])
    password = PasswordField(
        N_("First password"),
        [
            InputRequired(N_("Enter a first password.")),
            Length(SHORTEST, LONGEST, N_("A password has %(min)d to %(max)d characters.")),
        ],
    )


class ResetForm(FlaskForm):  # type: ignore[misc]
    password = PasswordField(
        N_("New password"),
        [
            InputRequired(N_("Enter the new password.")),
            Length(SHORTEST, LONGEST, N_("A password has %(min)d to %(max)d characters.")),
        ],
    )


class ConfirmModemForm(FlaskForm):  # type: ignore[misc]
    """What the person saw in place when they pressed the button."""

    imei = StringField(N_("Modem"), [Length(max=32)])
    sim = StringField(N_("SIM"), [InputRequired(N_("Load the page again.")), Length(max=64)])


class BareForm(FlaskForm):  # type: ignore[misc]
    """A button: nothing but the CSRF token."""
