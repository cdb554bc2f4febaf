"""The demonstration city: its union bodies, its people, and what the city has registered."""

from portal.collection.opening import Listed
from portal.models.user import Role
from portal.register.units import Unit

UNITS = (
    Unit("shizong", "鄂州市总工会", "市总", "", "10", "市总职工服务中心", "0711-0000010"),
    Unit("echeng", "鄂城区总工会", "区总", "shizong", "20", "王芳", "0711-0000020"),
    Unit("huarong", "华容区总工会", "区总", "shizong", "30", "李建国", "0711-0000030"),
    Unit("liangzihu", "梁子湖区总工会", "区总", "shizong", "40", "陈秀英", "0711-0000040"),
    Unit("gedian", "葛店开发区总工会", "开发区", "shizong", "50", "刘洋", "0711-0000050"),
    Unit("linkong", "临空经济区总工会", "开发区", "shizong", "60", "赵敏", "0711-0000060"),
    Unit("jiaoyu", "市教育系统工会", "市直系统", "shizong", "70", "周文静", "0711-0000070"),
    Unit("weijian", "市卫健系统工会", "市直系统", "shizong", "80", "吴桂兰", "0711-0000080"),
    Unit("zhujian", "市住建系统工会", "市直系统", "shizong", "90", "郑志强", "0711-0000090"),
    Unit("jiaotong", "市交通系统工会", "市直系统", "shizong", "100", "孙海燕", "0711-0000100"),
    Unit(
        "qiye", "市直企业工会（示例）", "市直属企（事）业", "shizong", "110", "何军", "0711-0000110"
    ),
    Unit(
        "echeng-jiceng1", "鄂城区基层工会一（示例）", "基层", "echeng", "21", "黄丽", "0711-0000021"
    ),
    Unit(
        "echeng-jiceng2", "鄂城区基层工会二（示例）", "基层", "echeng", "22", "胡涛", "0711-0000022"
    ),
)

PEOPLE = (
    ("shizong", "张慧", "shizong", (Role.REVIEWER, Role.ADMIN)),
    ("shizong-reporter", "徐静", "shizong", (Role.REPORTER,)),
    ("shizong-viewer", "马国庆", "shizong", (Role.VIEWER,)),
    ("shizong-auditor", "朱明", "shizong", (Role.AUDITOR,)),
    ("echeng", "王芳", "echeng", (Role.REPORTER,)),
    ("echeng-head", "高建华", "echeng", (Role.HEAD,)),
    ("echeng-reviewer", "林晓梅", "echeng", (Role.REVIEWER,)),
    ("huarong", "李建国", "huarong", (Role.REPORTER,)),
    ("liangzihu", "陈秀英", "liangzihu", (Role.REPORTER,)),
    ("gedian", "刘洋", "gedian", (Role.REPORTER,)),
    ("linkong", "赵敏", "linkong", (Role.REPORTER,)),
    ("jiaoyu", "周文静", "jiaoyu", (Role.REPORTER,)),
    ("weijian", "吴桂兰", "weijian", (Role.REPORTER,)),
    ("zhujian", "郑志强", "zhujian", (Role.REPORTER,)),
    ("jiaotong", "孙海燕", "jiaotong", (Role.REPORTER,)),
    ("qiye", "何军", "qiye", (Role.REPORTER,)),
    ("echeng-jiceng1", "黄丽", "echeng-jiceng1", (Role.REPORTER,)),
    ("echeng-jiceng2", "胡涛", "echeng-jiceng2", (Role.REPORTER,)),
)
"""Username, name, organisation and roles of every account."""

EXPECTED_2022 = (
    Listed("shizong"),
    Listed("echeng", allocated="81.24", households="475"),
    Listed("huarong", allocated="49.77", households="335"),
    Listed("liangzihu", allocated="35.22", households="181"),
    Listed("gedian", allocated="33.93", households="209"),
    Listed("linkong", allocated="22.71", households="131"),
    Listed("jiaoyu", allocated="23.61", households="153"),
    Listed("weijian", allocated="27.78", households="183"),
    Listed("zhujian", allocated="19.89", households="135"),
    Listed("jiaotong", allocated="15.91", households="109"),
    Listed("qiye", allocated="9.83", households="83"),
    Listed("echeng-jiceng1", households="34"),
    Listed("echeng-jiceng2", households="23"),
)
EXPECTED_2027 = (
    Listed("shizong"),
    Listed("echeng", allocated="87.66", households="499"),
    Listed("huarong", allocated="50.40", households="352"),
    Listed("liangzihu", allocated="36.50", households="190"),
    Listed("gedian", allocated="36.19", households="219"),
    Listed("linkong", allocated="22.35", households="138"),
    Listed("jiaoyu", allocated="24.20", households="161"),
    Listed("weijian", allocated="28.60", households="192"),
    Listed("zhujian", allocated="20.40", households="142"),
    Listed("jiaotong", allocated="16.30", households="114"),
    Listed("qiye", allocated="10.00", households="87"),
    Listed("echeng-jiceng1", households="36"),
    Listed("echeng-jiceng2", households="24"),
)
