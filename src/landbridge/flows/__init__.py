"""What moved: trade by sector and product, the input-output account, indicators and mirror comparison."""

from landbridge.flows.accounts import InputOutput, Origin
from landbridge.flows.imputation import Balanced, NotBalanced, balance
from landbridge.flows.indicators import Basket, basket, change
from landbridge.flows.mirror import MirrorGap, gap
from landbridge.flows.trade import TradeFlows

__all__ = [
    "Balanced",
    "Basket",
    "InputOutput",
    "MirrorGap",
    "NotBalanced",
    "Origin",
    "TradeFlows",
    "balance",
    "basket",
    "change",
    "gap",
]
