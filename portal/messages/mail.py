"""Mail: one plain-text mail through the SMTP server that the settings name."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from portal.domain.campaign.reminders import (
    MessageChannel,
    Missing,
    subject_of_mail,
    text_of_mail,
)
from portal.messages.channel import Letter, NotSent, Recipient
from portal.settings import PostOffice

TIMEOUT_SECONDS = 10
"""The timeout for the server's answers."""


@dataclass(frozen=True, slots=True)
class MailChannel:
    """Sends mail through one SMTP server."""

    post: PostOffice
    kind: MessageChannel = MessageChannel.MAIL
    address_name: str = "电子邮箱"

    def address_of(self, person: Recipient) -> str:
        """The person's mail address, empty when none is registered."""
        return person.email

    def compose(self, missing: Sequence[Missing], name: str, now: datetime, contact: str) -> Letter:
        """Compose one mail that lists every report that is owed."""
        campaigns = "、".join(dict.fromkeys(owed.campaign for owed in missing))
        return Letter(text_of_mail(missing, name, now, contact), subject_of_mail(campaigns))

    def send(self, address: str, letter: Letter) -> None:
        """Send one mail; raises `NotSent` when the server does not accept it."""
        try:
            with _connected(self.post) as server:
                if self.post.user:
                    server.login(self.post.user, self.post.password)
                server.send_message(_message(self.post, address, letter))
        except smtplib.SMTPRecipientsRefused:
            raise NotSent(f"邮件服务器不接受收件地址 {address}，请核对。") from None
        except smtplib.SMTPAuthenticationError:
            raise NotSent("邮件服务器不接受登录，请系统管理员核对 PORTAL_SMTP_URL。") from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(f"邮件没有发出：连不上邮件服务器（{type(error).__name__}）。") from error


def _message(post: PostOffice, address: str, letter: Letter) -> EmailMessage:
    sender = Address(post.sender_name, addr_spec=post.sender)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, address, letter.subject
    message["Date"] = formatdate()
    # Filters treat a Message-ID of another domain than the sender's as forged.
    message["Message-ID"] = make_msgid(domain=sender.domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: suppresses automatic replies
    message.set_content(letter.text)
    return message


def _connected(post: PostOffice) -> smtplib.SMTP:
    if post.security == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(post.host, post.port, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(post.host, post.port, timeout=TIMEOUT_SECONDS)
    if post.security == "smtp+starttls":
        server.starttls(context=ssl.create_default_context())
    return server
