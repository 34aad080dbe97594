"""What we may: pure decisions, no network and no clock."""

from babelscope.govern.access import is_login_address, is_public_address, outcome_of_status
from babelscope.govern.rights import read_rights
from babelscope.govern.robots import Robots, agent_token, crawl_delay, may_fetch, parse_robots

__all__ = [
    "Robots",
    "agent_token",
    "crawl_delay",
    "is_login_address",
    "is_public_address",
    "may_fetch",
    "outcome_of_status",
    "parse_robots",
    "read_rights",
]
