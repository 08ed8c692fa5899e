"""Where the meaning of a phrase is taken from."""

from __future__ import annotations

DOCTRINE = (
    "US FM 3-90 (2001), App. D: a force is encircled when all ground lines of communication and "
    "reinforcement are controlled by the enemy"
)
SOVIET = (
    "Great Soviet Encyclopedia (1979), 'Okruzhenie': a grouping isolated from the rest of its "
    "forces, by an inner and an outer front"
)
POPULAR = (
    "popular word; said of a force it is taken at its strongest, as newspapers are understood: no "
    "way out by land"
)
GLOC = "US FM 3-90 (2001), App. D: ground lines of communication and reinforcement"
SIEGE = "siege, blockade: the links of a place to the outside are cut (common usage)"
POCKET = (
    "kessel, kotyol, pocket: a closed front round a grouping, from which no organised withdrawal "
    "is possible (Russian and German usage)"
)
OPERATIONAL = (
    "Y. Prigozhin on Bakhmut, 2023: all roads and routes of supply, evacuation and movement are "
    "under enemy fire control; R. Kostenko, December 2025, means another thing by it"
)
SEMI = (
    "D. Pushilin on Lyman, 30 September 2022: pressed from three sides, a road still held but "
    "under fire; used for more than one thing by all sides"
)
FIRE = "fire control: traffic can be seen and hit; the ground itself is not held (common usage)"
SEALED = (
    "isolate, block: seal off from support and deny movement (US FM 3-90-1, tactical mission "
    "tasks); V. Putin, 13 and 14 March 2025"
)
THREAT = (
    "who says that no encirclement threatens speaks of what may come, and is rated by what came; "
    "some mean that the ways out are safe, which fire on all of them refutes (General Staff of "
    "Ukraine, 14 March 2025)"
)
AIR = "air bridge: supply by landing or drop does not break an encirclement by land"
OPEN = "an open way out denies an encirclement (US FM 3-90, App. D)"
