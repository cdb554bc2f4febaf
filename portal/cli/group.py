"""The group of all commands, and the one line that every refusal comes down to."""

import io
import os
import sys
import traceback
from collections.abc import Sequence

import click
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy.exc import DBAPIError

from portal import __version__
from portal.cli.campaigns import campaign
from portal.cli.chinese import name_parts, speak_chinese
from portal.cli.city import existing_city
from portal.cli.forms import form
from portal.cli.keeping import back_up, carry_over, drill, restore
from portal.cli.organisations import organisation
from portal.cli.reminders import remind
from portal.cli.running import demo, init, serve, verify
from portal.cli.users import user
from portal.cli.watching import health, status
from portal.domain.report_state import NotAllowedNow
from portal.settings import SettingError


@click.group(
    cls=AppGroup,
    help="送温暖统计填报：安装、运行和核对。",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "--version", message="portal %(version)s", help="版本")
@click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    callback=lambda context, _, asked: context.obj.data.update(debug=asked),
    help="出了意外时也显示出错的位置",
)
def portal() -> None:
    """Hold all commands together."""


for command in (init, demo, serve, user, organisation, form, campaign):
    portal.add_command(command)
for command in (verify, health, status, back_up, restore, drill, carry_over, remind):
    portal.add_command(command)


name_parts(portal)


def main() -> None:
    """Run one command and leave with its exit status: 0 done, 2 wrong usage, 1 anything else."""
    os.umask(0o077)  # whatever is made here holds people's data
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a shell without Chinese is no reason to fail
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; answers its exit status, with one line on standard error unless 0."""
    speak_chinese()
    script = ScriptInfo(create_app=existing_city, set_debug_flag=False)
    try:
        portal.main(list(arguments), prog_name="portal", standalone_mode=False, obj=script)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.UsageError as error:
        _say(f"用法不对：{_in_chinese(error)}")
        return 2
    except click.Abort:
        _say("已中断。")
        return 1
    except Exception as error:  # no refusal and no accident shows a traceback unasked
        if script.data.get("debug"):
            click.echo(traceback.format_exc(), err=True)
        _say(_sentence(error))
        return 1
    return 0


def _say(sentence: str) -> None:
    click.echo(" ".join(sentence.split()), err=True)


def _in_chinese(error: click.UsageError) -> str:
    where = f"（见 {error.ctx.command_path} --help）" if error.ctx else ""
    return f"{_wrong(error)}{where}"


def _wrong(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter) and error.param:
        return f"缺少 {_named(error.param)}"
    if isinstance(error, click.BadParameter) and error.param:
        return f"{_named(error.param)}：{error.message}"
    return error.format_message().removesuffix("。")


def _named(parameter: click.Parameter) -> str:
    long = [name for name in parameter.opts if name.startswith("--")]
    return long[0] if long else parameter.human_readable_name


def _sentence(error: Exception) -> str:
    if isinstance(error, NotAllowedNow):
        return error.sentence
    if isinstance(error, DBAPIError):
        return f"数据库不能完成操作：{error.orig}"
    if isinstance(error, PermissionError) and error.filename:
        return f"没有权限使用 {error.filename}，请换一个运行本命令的用户够得着的位置。"
    if isinstance(error, OSError):
        return f"文件或网络不能使用：{error}"
    if isinstance(error, (SettingError, ValueError)) and str(error):
        return str(error)
    if isinstance(error, click.ClickException):
        return error.format_message()
    return (
        f"意外的错误，没有完成：{type(error).__name__} {error}；"
        "用 portal --debug 再运行一次，可以看到出错的位置。"
    )
