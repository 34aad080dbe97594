"""What we may: pure decisions, no network and no clock."""

from babelscope.govern.access import is_login_address, is_public_address, outcome_of_status
from babelscope.govern.rights import directives, read_rights
from babelscope.govern.robots import Robots, agent_token, crawl_delay, may_fetch, parse_robots
from babelscope.govern.tdm import UNSET, TdmDeclaration, TdmRule, parse_tdm_file, tdm_of_path, weigh_tdm

__all__ = [
    "UNSET",
    "Robots",
    "TdmDeclaration",
    "TdmRule",
    "agent_token",
    "crawl_delay",
    "directives",
    "is_login_address",
    "is_public_address",
    "may_fetch",
    "outcome_of_status",
    "parse_robots",
    "parse_tdm_file",
    "read_rights",
    "tdm_of_path",
    "weigh_tdm",
]
