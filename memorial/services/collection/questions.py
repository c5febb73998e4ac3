"""Plain titles of the questions that statements answer: what a figure counts, what accounts tell of.

A measure or topic that is not in these tables gets its own name as title. Slugs are the names
with hyphens, so a question keeps its address whatever is loaded later.
"""

from __future__ import annotations

import re

from memorial.domain.names import fold

FIGURES: dict[str, str] = {
    "killed": "How many people were killed",
    "killed_women": "How many women were killed",
    "killed_children": "How many children were killed",
    "killed_elderly": "How many elderly people were killed",
    "killed_by_place": "How many were killed, by place",
    "killed_named": "How many of the killed are named",
    "killed_family": "How many of one family were killed",
    "killed_relatives": "How many relatives of one person were killed",
    "killed_in_one_group": "How many of one group were killed",
    "killed_at_one_place": "How many were killed at one place",
    "killed_in_captivity": "How many were killed in captivity",
    "killed_in_aghdam_rocket_fire": "How many were killed by rocket fire on Aghdam",
    "killed_in_whole_conflict": "How many were killed in the whole conflict",
    "killed_366th_soldiers": "How many soldiers of the 366th regiment were killed",
    "killed_with_particular_cruelty": "How many are said to have been killed with particular cruelty",
    "wounded": "How many were wounded or disabled",
    "wounded_children": "How many children were wounded",
    "wounded_in_hospital_aghdam": "How many wounded were in hospital in Aghdam",
    "wounded_frozen_or_missing": "How many were wounded, frozen or missing",
    "wounds_or_frostbite_cases": "How many cases of wounds or frostbite were treated",
    "dead_and_wounded_seen": "How many dead and wounded were seen",
    "disabled": "How many became disabled",
    "disabled_children": "How many children became disabled",
    "hostages": "How many were taken hostage",
    "released": "How many were released",
    "missing": "How many are missing",
    "escaped": "How many escaped",
    "survivors_of_one_group": "How many of one group survived",
    "population": "How many people lived in the town",
    "population_before": "Inhabitants before the conflict",
    "inhabitants_of_town": "Inhabitants of the town",
    "inhabitants_at_attack": "How many people were in the town at the time of the attack",
    "inhabitants_remained_in_town": "How many inhabitants remained in the town",
    "town_area": "How large the town was",
    "helicopter_killed": "How many died in the helicopter that was shot down",
    "families_destroyed": "How many families were destroyed",
    "families_one_survivor": "How many families have one survivor",
    "families_lost_breadwinner": "How many families lost their breadwinner",
    "orphans_one": "How many children lost one parent",
    "orphans_both": "How many children lost both parents",
    "orphans_one_or_both": "How many children lost one or both parents",
    "bodies_seen": "How many bodies were seen",
    "bodies_seen_women": "How many bodies of women were seen",
    "bodies_examined": "How many bodies were examined",
    "bodies_examined_men": "How many bodies of men were examined",
    "bodies_examined_women": "How many bodies of women were examined",
    "bodies_examined_children": "How many bodies of children were examined",
    "bodies_examined_share_of_killed": "Which share of the killed was examined",
    "bodies_brought_to_aghdam": "How many bodies were brought to Aghdam",
    "bodies_brought_back_children": "How many bodies of children were brought back",
    "bodies_buried_aghdam": "How many were buried in Aghdam",
    "bodies_received_mosque": "How many bodies the mosque received",
    "bodies_recovered": "How many bodies were recovered",
    "bodies_transported": "How many bodies were transported",
    "bodies_unidentified": "How many bodies were not identified",
    "bodies_in_uniform": "How many bodies wore a uniform",
    "bodies_with_mutilation": "How many bodies are said to have shown mutilation",
    "bodies_scalped": "How many bodies are said to have been scalped",
    "graves_seen": "How many graves were seen",
    "victims_registered": "How many victims were registered by name",
    "cause_gunshot": "How many died of gunshot wounds",
    "cause_shrapnel": "How many died of shrapnel wounds",
    "cause_blunt_force": "How many died of blows",
    "cause_exposure": "How many died of cold",
    "defenders": "How many defenders there were",
    "defenders_survived": "How many defenders survived",
    "defenders_retreating": "How many defenders retreated",
    "servicemen_366th_stayed": "How many servicemen of the 366th regiment stayed behind",
    "attackers_officers": "How many officers are said to have taken part in the attack",
    "attackers_military_experts": "How many military experts are said to have taken part in the attack",
    "attackers_tanks": "How many tanks are said to have taken part in the attack",
    "attackers_armoured_carriers": "How many armoured carriers are said to have taken part in the attack",
    "attackers_infantry_fighting_vehicles": "How many infantry fighting vehicles are said to have taken part",
    "equipment_handed_over_tanks": "How many tanks are said to have been handed over",
    "equipment_handed_over_armoured_vehicles": "How many armoured vehicles are said to have been handed over",
    "equipment_handed_over_infantry_fighting_vehicles": "How many infantry fighting vehicles are said to have "
    "been handed over",
    "equipment_handed_over_artillery": "How many pieces of artillery are said to have been handed over",
    "persons_charged": "How many persons were charged",
    "witnesses_questioned": "How many witnesses were questioned",
    "examinations_conducted": "How many examinations were conducted",
}

ACCOUNTS: dict[str, str] = {
    "who_fired": "Who fired on the columns",
    "free_corridor": "The corridor",
    "role_366th": "The 366th regiment",
    "death_toll": "Accounts of the death toll",
    "intent": "Accounts of intent",
    "evacuation": "The evacuation of the inhabitants",
    "findings": "Findings of inquiries and courts",
    "mutilation_and_footage": "Mutilation, and what the footage shows",
    "warnings": "Warnings before the attack",
    "before_the_attack": "The town before the attack",
    "death_of_mustafayev": "The death of Chingiz Mustafayev",
    "scene": "What was seen at the place",
    "captives": "The captives",
    "recognition": "Recognition of the event",
}
OTHER_ACCOUNTS = "other_accounts"
ACCOUNTS[OTHER_ACCOUNTS] = "Other accounts"

TERMS = "names-of-the-event"
TERMS_TITLE = "Names of the event, and who uses them"

OURS = frozenset([*FIGURES.values(), *ACCOUNTS.values(), TERMS_TITLE])
"""They are stored in English; pages say them in the reader's language. Every other title is somebody's own."""

_ORDER = {key: place for place, key in enumerate([*FIGURES, *ACCOUNTS])}


def slug_of(key: str) -> str:
    slug = re.sub("[^a-z0-9]+", "-", key.lower()).strip("-")
    return slug[:100] or re.sub("[^a-z0-9]+", "-", fold(key))[:100] or "other"


def title_of(key: str) -> str:
    """The title of a measure, a group of figures or a topic."""
    return FIGURES.get(key) or ACCOUNTS.get(key) or key.replace("_", " ").replace("-", " ").capitalize()


def position_of(key: str) -> int:
    return _ORDER.get(key, len(_ORDER))
