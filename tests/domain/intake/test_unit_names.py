"""The unit named at the head of a sheet: ours in its usual spellings, or another one."""

import pytest

from portal.domain.intake.unit_names import names_unit


@pytest.mark.parametrize(
    ("named", "unit"),
    [
        ("鄂城区总工会", "鄂城区总工会"),
        ("鄂城区工会", "鄂城区总工会"),
        ("鄂州市鄂城区总工会", "鄂城区总工会"),
        ("湖北省鄂州市鄂城区总工会（盖章）", "鄂城区总工会"),
        ("鄂 城 区 总 工 会", "鄂城区总工会"),
        ("教育系统工会委员会", "市教育系统工会"),
        ("市直企业工会", "市直企业工会（示例）"),
        ("鄂州市总工会", "市总工会"),
        ("市总工会", "市总工会"),
    ],
)
def test_our_own_name_is_known_as_people_write_it(named, unit):
    assert names_unit(named, unit)


@pytest.mark.parametrize(
    ("named", "unit"),
    [
        ("葛店开发区总工会", "鄂城区总工会"),
        ("鄂城区第一中学工会", "鄂城区总工会"),
        ("鄂城区总工会", "鄂城区第一中学工会"),
        ("市教育系统工会", "市总工会"),
        ("市总工会", "市教育系统工会"),
        ("梁子湖区总工会", "华容区总工会"),
        ("区总工会", "鄂城区总工会"),
    ],
)
def test_another_unit_is_told_from_ours(named, unit):
    assert not names_unit(named, unit)
