"""Which series would settle a claim that nothing held can settle, and who publishes it."""

from __future__ import annotations

from landbridge import codes
from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.context import Context, country
from landbridge.claims.verdicts.flow import Flow

_CUSTOMS = {
    "CHN": "the General Administration of Customs of China",
    "RUS": "the Federal Customs Service of Russia",
    "BLR": "the National Statistical Committee of Belarus (Belstat)",
    "KAZ": "the Bureau of National Statistics of Kazakhstan",
    "USA": "the Census Bureau of the United States",
}
_REGIONS = {
    "CHN": "the customs office of the province",
    "RUS": "the customs directorate or the government of the region",
    "BLR": "the main statistical office of the oblast (Belstat)",
}
_TOPICS = {
    "container_traffic_growth": "container traffic by year, published by the railways of both sides",
    "transit_cargo_growth": "transit cargo by year, published by the railways of the country crossed",
    "rail_cargo_volume": "cargo carried by rail, published by the railways of both sides",
    "rail_trade_share": "trade by mode of transport, published by the customs of both sides",
    "daily_border_traffic": "crossings of the border by day, published by the border service",
    "border_length": "the length of the border, in the treaty or by the mapping agency",
    "border_ports_count": "a full list of crossings, in the intergovernmental agreement on crossings",
    "border_bridges": "a full list of bridges over the border with their dates of opening",
    "twinned_regions": "a full list of twinned regions with dates, published by the foreign ministries",
    "bilateral_documents": "a list of the documents signed, published by the parties",
    "partner_provinces": "a list of partner provinces, published by the region",
    "partner_cities": "a list of partner cities, published by the region",
    "investment_stock": "investment positions by partner, published by the central bank or the commerce ministry",
    "investor_rank": "investment positions by partner, published by the central bank",
    "fund_capital": "the accounts of the fund",
    "fund_investments": "the accounts of the fund",
    "investment_projects_count": "a dated list of projects, published by the body that keeps it",
    "investment_projects_value": "a dated list of projects, published by the body that keeps it",
    "infrastructure_projects_count": "a dated list of projects with their lenders",
    "tourists": "trips by purpose and citizenship, published by the border service or the statistics office",
    "air_passengers": "passengers by route, published by the civil aviation authority",
    "air_traffic_growth": "passengers by route, published by the civil aviation authority",
    "flights": "routes in the timetable, published by the civil aviation authority",
    "students": "students by citizenship, published by the education ministry",
    "leader_meetings": "a list of meetings, published by the offices of both heads of state",
    "relations_age": "the date of the treaty that opened relations",
    "export_positions": "exports of the place by product, published by its statistics office",
    "basket_share": "exports of the place by product, published by its statistics office",
    "debt_to_gdp": "debt and output by year, published by the finance ministry or the International Monetary Fund",
    "maritime_trade_share": "seaborne trade by passage, published by UNCTAD",
}


def trade_needed(context: Context, flow: Flow, when: str) -> str:
    """The trade series that is needed, by whom it is published."""
    first, second = flow.ends
    both = f"{context.name(first)} and {context.name(second)}"
    what = (
        f"trade between {both}"
        if flow.measure == "turnover"
        else f"exports of {both.replace(' and ', ' to ')}"
    )
    return f"{what}{f', {when},' if when else ''} as published by {publishers(flow.ends)}"


def publishers(places: tuple[str, ...]) -> str:
    """Who publishes trade of places, in words."""
    found: list[str] = []
    for place in places:
        home = country(place)
        if home and home != place:
            found.insert(0, _REGIONS.get(home, "the statistics office of the region"))
        elif home:
            found.append(_CUSTOMS.get(home, f"the customs or statistics office of {codes.place(place).name}"))
    return " or ".join(dict.fromkeys(found)) or "the statistics office of either side"


def topic_needed(claim: Claim) -> str:
    """What is needed for an indicator that is no trade flow."""
    return _TOPICS.get(
        claim.indicator, f"a dated and independent record of “{claim.subject or claim.indicator}”"
    )
