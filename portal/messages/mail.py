"""Mailing: one plain-text mail through the SMTP server that the settings name."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from portal.settings import PostOffice

TIMEOUT_SECONDS = 10
"""Seconds that the server gets to answer."""


class NotSent(Exception):
    """A mail could not be handed to the server; the message is the sentence for the desk."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def send(post: PostOffice, recipient: str, subject: str, text: str) -> None:
    """Hand one mail to the server; raises `NotSent` when it does not take it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = post.sender, recipient, subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="portal.invalid")
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers
    message.set_content(text)
    try:
        with _connected(post) as server:
            if post.user:
                server.login(post.user, post.password)
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused:
        raise NotSent(f"邮件服务器不接受收件地址 {recipient}，请核对。") from None
    except smtplib.SMTPAuthenticationError:
        raise NotSent("邮件服务器不接受登录，请系统管理员核对 PORTAL_SMTP_URL。") from None
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"邮件没有发出：连不上邮件服务器（{type(error).__name__}）。") from error


def _connected(post: PostOffice) -> smtplib.SMTP:
    if post.security == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(post.host, post.port, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(post.host, post.port, timeout=TIMEOUT_SECONDS)
    if post.security == "smtp+starttls":
        server.starttls(context=ssl.create_default_context())
    return server
