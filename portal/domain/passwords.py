"""Passwords and usernames: their canonical form, and the rule for weak passwords."""

import re
import unicodedata

MIN_LENGTH = 12
MAX_LENGTH = 128
MIN_NAME_LENGTH = 3
"""Characters of a name searched for in passwords; shorter ones occur by chance."""

_USERNAME = re.compile(r"[a-z0-9][a-z0-9_.-]{1,63}")


def canonical_username(text: str) -> str:
    """The canonical username, stored and compared: NFKC, lower case, no spaces around.

    Raises `ValueError` with a sentence when it is not 2–64 letters, digits, ``_``, ``.`` or
    ``-`` that begin with a letter or digit.
    """
    username = unicodedata.normalize("NFKC", text).casefold().strip()
    if not _USERNAME.fullmatch(username):
        raise ValueError("用户名须为 2 至 64 位的字母、数字或 _ . - ，并以字母或数字开头。")
    return username


def canonical_password(text: str) -> str:
    """The canonical password, measured and hashed: NFKC, so every keyboard gives the same."""
    return unicodedata.normalize("NFKC", text)


def weakness(password: str, username: str, organisation_code: str) -> str | None:
    """Why a password is too weak, as a sentence; ``None`` if it is accepted.

    Only length and guessability count; character classes and expiry are not required
    (NIST SP 800-63B-4, section 3.1.1).
    """
    if len(password) > MAX_LENGTH or len(canonical_password(password)) > MAX_LENGTH:
        return f"密码不能超过 {MAX_LENGTH} 个字符。"
    plain = canonical_password(password).casefold()
    if len(canonical_password(password)) < MIN_LENGTH:
        return f"密码至少要有 {MIN_LENGTH} 个字符，可以用几个不相干的词连成一句。"
    if _contains_a_name(plain, (username, organisation_code)):
        return "密码中不能含有用户名或单位代码，请换一个。"
    if _is_repeated(plain) or _is_a_sequence(plain):
        return "密码是重复或连续的字符，容易被猜到，请换一个。"
    if _is_common(plain):
        return "这个密码太常见，容易被猜到，请换一个。"
    return None


def _contains_a_name(plain: str, names: tuple[str, ...]) -> bool:
    folded = (canonical_password(name).casefold().strip() for name in names)
    return any(len(name) >= MIN_NAME_LENGTH and name in plain for name in folded)


def _is_repeated(plain: str) -> bool:
    longest_piece = min(MIN_LENGTH - 1, len(plain) // 2)
    return any(plain[piece:] == plain[:-piece] for piece in range(1, longest_piece + 1))


_RUNS = (
    "01234567890" * 12,
    "1234567890" * 13,
    "abcdefghijklmnopqrstuvwxyz" * 5,
    "qwertyuiopasdfghjklzxcvbnm" * 5,
    "qazwsxedcrfvtgbyhnujmikolp" * 5,
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "!@#$%^&*()_+",
)


def _is_a_sequence(plain: str) -> bool:
    return any(plain in run or plain in run[::-1] for run in _RUNS)


_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_SHORTEST_RUN = 5


def _is_common(plain: str) -> bool:
    """Whether it is a common word or key sequence, even with digits and punctuation around."""
    core = _ENDS.sub("", plain)
    return plain in COMMON or core in COMMON or _is_a_long_run(core)


def _is_a_long_run(core: str) -> bool:
    return len(core) >= _SHORTEST_RUN and (_is_repeated(core) or _is_a_sequence(core))


_WORDS = """
    abc admin administrator asdf changeme chinaren computer default dragon football guest hello
    helloworld iloveyou letmein login lovelove manager master monkey nihao nihaoma p@ssw0rd
    pa$$w0rd pass passw0rd password princess qwer qwert root secret shadow sunshine superman
    superuser sysadmin system test user welcome woaini woaizhongguo woaizuguo woaiwojia
    woaigonghui wobuzhidao woshishui wodemima mima xinmima zhongguo zhonghua zhonghuarenmin
    beijing wuhan hubei hubeisheng hubeiezhou ezhou ezhoushi ezhougonghui ezhouzonggonghui
    ezhoushizonggonghui hubeizonggonghui gonghui zonggonghui shizonggonghui quzonggonghui
    jicenggonghui gonghuizhuxi zhigong zhigongzhijia zhigongfuwuzhongxin songwennuan
    chunjiesongwennuan bangfu kunnanzhigong laomo laodong laodongjie tongji tongjibiao tianbao
    tianbaoren shangbao shenhe guanliyuan gongzuo yonghu yonghuming xinnian xinniankuaile
    gongxifacai chunjie chunjiekuaile wanshiruyi yifanfengshun pingan aini ainiyiwannian
    密码 工会 总工会 市总工会 区总工会 鄂州 鄂州市 鄂州工会 鄂州市总工会 送温暖 春节送温暖 我爱你
    我爱中国 新年快乐 恭喜发财
    a12345678910 a123456789012 aa1234567890 a123456b123456 abc123def456 admin123admin
    mima123mima root123456root q1w2e3r4t5y6 zaq12wsxcde3 147258369147 147258369000 159357258456
    520131415920 woaini1314woaini woaini520woaini
"""

COMMON = frozenset(_WORDS.split())
"""Common passwords, in lower case: words that may have digits and punctuation around them, and
whole passwords of at least `MIN_LENGTH` characters."""
