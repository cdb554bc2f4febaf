"""The tables, one file an aggregate."""

from portal.models.announcement import Announcement, Delivery
from portal.models.base import Base, TenantOwned
from portal.models.campaign import Campaign, Expectation, Extension
from portal.models.consolidation_edition import (
    ConsolidationEdition,
    DifferenceAcknowledgement,
    UpwardReport,
)
from portal.models.draft_print import DraftPrint
from portal.models.duty import Duty
from portal.models.form import FormEdition, ItemConfirmation
from portal.models.last_year import LastYearFigure
from portal.models.made_workbook import MadeWorkbook
from portal.models.note import ItemNote
from portal.models.on_behalf import OnBehalfEntry, OnBehalfItem, SoleHandling
from portal.models.organisation import Organisation
from portal.models.question import Clarification, ClarificationReview, Question
from portal.models.reminder import Reminder
from portal.models.report import (
    Batch,
    Explanation,
    Figure,
    Report,
    ReturnAnswer,
    SentBack,
    SentBackItem,
)
from portal.models.saved_filter import SavedFilter
from portal.models.signed_copy import SignedPage
from portal.models.submission import SignedCopy, Submission
from portal.models.trail import TrailEntry, TrailHead
from portal.models.user import Role, SignIn, SignInLink, Throttle, User

__all__ = [
    "Announcement",
    "Base",
    "Batch",
    "Campaign",
    "Clarification",
    "ClarificationReview",
    "ConsolidationEdition",
    "Delivery",
    "DifferenceAcknowledgement",
    "DraftPrint",
    "Duty",
    "Expectation",
    "Explanation",
    "Extension",
    "Figure",
    "FormEdition",
    "ItemConfirmation",
    "ItemNote",
    "LastYearFigure",
    "MadeWorkbook",
    "OnBehalfEntry",
    "OnBehalfItem",
    "Organisation",
    "Question",
    "Reminder",
    "Report",
    "ReturnAnswer",
    "Role",
    "SavedFilter",
    "SentBack",
    "SentBackItem",
    "SignIn",
    "SignInLink",
    "SignedCopy",
    "SignedPage",
    "SoleHandling",
    "Submission",
    "TenantOwned",
    "Throttle",
    "TrailEntry",
    "TrailHead",
    "UpwardReport",
    "User",
]
