"""The trail's actions with their labels, and the channels by which changes come."""

from enum import StrEnum

from portal.domain.report_state import Move


class Action(StrEnum):
    """An action that the trail records."""

    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    SIGNED_OUT = "signed-out"
    PASSWORD_CHANGED = "password-changed"
    PASSWORD_RESET = "password-reset"
    SIGN_INS_ENDED = "sign-ins-ended"
    USER_CREATED = "user-created"
    USER_DISABLED = "user-disabled"
    USER_ENABLED = "user-enabled"
    USER_CHANGED = "user-changed"
    USER_HANDED_OVER = "user-handed-over"
    USER_LEFT = "user-left"
    USER_CAME = "user-came"
    LINK_MADE = "link-made"
    LINK_REVOKED = "link-revoked"
    LINK_SPENT = "link-spent"
    ORGANISATION_ADDED = "organisation-added"
    ORGANISATION_CHANGED = "organisation-changed"
    ORGANISATION_MOVED = "organisation-moved"
    MOVE_PLANNED = "move-planned"
    MOVE_CANCELLED = "move-cancelled"
    ORGANISATION_CLOSED = "organisation-closed"
    ORGANISATION_REOPENED = "organisation-reopened"
    ORGANISATION_MERGED = "organisation-merged"
    ROSTER_IMPORTED = "roster-imported"
    FORM_ADDED = "form-added"
    FORM_COPIED = "form-copied"
    FORM_CHANGED = "form-changed"
    FORM_REMOVED = "form-removed"
    FORM_PUBLISHED = "form-published"
    ITEMS_CONFIRMED = "items-confirmed"
    CAMPAIGN_CREATED = "campaign-created"
    CAMPAIGN_OPENED = "campaign-opened"
    CAMPAIGN_CHANGED = "campaign-changed"
    CAMPAIGN_ARCHIVED = "campaign-archived"
    CAMPAIGN_REMOVED = "campaign-removed"
    EXPECTATION_CHANGED = "expectation-changed"
    EXPECTATION_ADDED = "expectation-added"
    ANNOUNCED = "announced"
    ANNOUNCEMENT_WITHDRAWN = "announcement-withdrawn"
    ANNOUNCEMENT_READ = "announcement-read"
    FIGURE_SAVED = "figure-saved"
    PASTED = "pasted"
    IMPORTED = "imported"
    FIGURE_UNDONE = "figure-undone"
    EXPLAINED = "explained"
    PASSED_DOWN_ANSWERED = "passed-down-answered"
    NOTED = "noted"
    ZEROS_FILLED = "zeros-filled"
    ZERO_REPORTED = "zero-reported"
    CARRIED_OVER = "carried-over"
    LAST_YEAR_ENTERED = "last-year-entered"
    LAST_YEAR_CORRECTED = "last-year-corrected"
    DRAFT_PRINTED = "draft-printed"
    ENTERED_ON_BEHALF = "entered-on-behalf"
    ON_BEHALF_CONFIRMED = "on-behalf-confirmed"
    HANDLED_ALONE = "handled-alone"
    DIVIDED = "divided"
    QUESTION_ASKED = "question-asked"
    QUESTION_ANSWERED = "question-answered"
    CLARIFIED = "clarified"
    CLARIFICATION_REVIEWED = "clarification-reviewed"
    SUBMITTED = "submitted"
    SIGNED_COPY_UPLOADED = "signed-copy-uploaded"
    SIGNED_COPY_MATCHED = "signed-copy-matched"
    WITHDRAWN = "withdrawn"
    SENT_BACK = "sent-back"
    RETURN_ANSWERED = "return-answered"
    ACCEPTED = "accepted"
    REOPENED = "reopened"
    EXTENDED = "extended"
    EXPORTED = "exported"
    EDITION_FROZEN = "edition-frozen"
    REPORTED_UPWARD = "reported-upward"
    DIFFERENCE_ACKNOWLEDGED = "difference-acknowledged"
    FILTER_SAVED = "filter-saved"
    FILTER_REMOVED = "filter-removed"
    REMINDED = "reminded"

    @property
    def label(self) -> str:
        """The action in the words of the portal's pages."""
        return ACTION_LABELS[self]


ACTION_LABELS = {
    Action.SIGNED_IN: "登录",
    Action.SIGN_IN_FAILED: "登录失败",
    Action.SIGNED_OUT: "退出",
    Action.PASSWORD_CHANGED: "修改密码",
    Action.PASSWORD_RESET: "重置密码",
    Action.SIGN_INS_ENDED: "结束登录",
    Action.USER_CREATED: "新建用户",
    Action.USER_DISABLED: "停用用户",
    Action.USER_ENABLED: "启用用户",
    Action.USER_CHANGED: "修改用户",
    Action.USER_HANDED_OVER: "移交账号",
    Action.USER_LEFT: "用户转出",
    Action.USER_CAME: "用户转入",
    Action.LINK_MADE: "生成登录链接",
    Action.LINK_REVOKED: "作废登录链接",
    Action.LINK_SPENT: "使用登录链接",
    Action.ORGANISATION_ADDED: "新增单位",
    Action.ORGANISATION_CHANGED: "修改单位",
    Action.ORGANISATION_MOVED: "移动单位",
    Action.MOVE_PLANNED: "安排移动单位",
    Action.MOVE_CANCELLED: "取消移动单位",
    Action.ORGANISATION_CLOSED: "关闭单位",
    Action.ORGANISATION_REOPENED: "恢复单位",
    Action.ORGANISATION_MERGED: "合并单位",
    Action.ROSTER_IMPORTED: "导入名单",
    Action.FORM_ADDED: "导入表样",
    Action.FORM_COPIED: "复制表样",
    Action.FORM_CHANGED: "修改表样",
    Action.FORM_REMOVED: "删除表样草稿",
    Action.FORM_PUBLISHED: "发布表样",
    Action.ITEMS_CONFIRMED: "确认还原的指标",
    Action.CAMPAIGN_CREATED: "新建填报任务",
    Action.CAMPAIGN_OPENED: "发布填报任务",
    Action.CAMPAIGN_CHANGED: "修改填报任务",
    Action.CAMPAIGN_ARCHIVED: "归档填报任务",
    Action.CAMPAIGN_REMOVED: "删除填报任务草稿",
    Action.EXPECTATION_CHANGED: "修改应报单位",
    Action.EXPECTATION_ADDED: "增加应报单位",
    Action.ANNOUNCED: "发布通知公告",
    Action.ANNOUNCEMENT_WITHDRAWN: "撤回通知公告",
    Action.ANNOUNCEMENT_READ: "阅读通知公告",
    Action.FIGURE_SAVED: "填报",
    Action.PASTED: "粘贴",
    Action.IMPORTED: "导入",
    Action.FIGURE_UNDONE: "撤销填报",
    Action.EXPLAINED: "说明",
    Action.PASSED_DOWN_ANSWERED: "答复是否含下拨款",
    Action.NOTED: "备注",
    Action.ZEROS_FILLED: "空白项补“0”",
    Action.ZERO_REPORTED: "零报告",
    Action.CARRIED_OVER: "带入上一轮的数",
    Action.LAST_YEAR_ENTERED: "录入上年数（旧表）",
    Action.LAST_YEAR_CORRECTED: "更正上年数（旧表）",
    Action.DRAFT_PRINTED: "打印送审稿",
    Action.ENTERED_ON_BEHALF: "代录",
    Action.ON_BEHALF_CONFIRMED: "确认代录",
    Action.HANDLED_ALONE: "一人经办",
    Action.DIVIDED: "分工",
    Action.QUESTION_ASKED: "提问",
    Action.QUESTION_ANSWERED: "答复提问",
    Action.CLARIFIED: "公布口径",
    Action.CLARIFICATION_REVIEWED: "复核口径",
    Action.SUBMITTED: "上报",
    Action.SIGNED_COPY_UPLOADED: "上传盖章件",
    Action.SIGNED_COPY_MATCHED: "核对盖章件",
    Action.WITHDRAWN: "撤回",
    Action.SENT_BACK: "退回修改",
    Action.RETURN_ANSWERED: "答复退回意见",
    Action.ACCEPTED: "审核通过",
    Action.REOPENED: "取消审核并退回更正",
    Action.EXTENDED: "延期报送",
    Action.EXPORTED: "导出",
    Action.EDITION_FROZEN: "锁定本版",
    Action.REPORTED_UPWARD: "标记已报省总",
    Action.DIFFERENCE_ACKNOWLEDGED: "知悉差异",
    Action.FILTER_SAVED: "保存常用筛选",
    Action.FILTER_REMOVED: "删除常用筛选",
    Action.REMINDED: "催报",
}


MOVES = {
    Action.SUBMITTED: Move.SUBMIT,
    Action.WITHDRAWN: Move.WITHDRAW,
    Action.SENT_BACK: Move.SEND_BACK,
    Action.ACCEPTED: Move.ACCEPT,
    Action.REOPENED: Move.REOPEN,
}
"""The actions that move a report from one state to another."""


class EntryChannel(StrEnum):
    """The channel by which a change came."""

    WEB = "web"
    IMPORT = "import"
    ON_BEHALF = "on-behalf"
    COMMAND = "command"

    @property
    def label(self) -> str:
        """The channel in the words of the portal's pages."""
        return {"web": "网页", "import": "导入", "on-behalf": "代录", "command": "命令"}[self.value]
