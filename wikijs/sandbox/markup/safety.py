"""Leaving out what a page must not contain: scripts, frames, handlers of events."""

from __future__ import annotations

from .tree import Element

DROPPED = {"script", "iframe", "noscript", "noembed", "noframes", "plaintext", "xmp", "head", "title"}
"""Elements that go with all that is in them."""

KEPT = frozenset(
    """
    a abbr acronym address area article aside audio b bdi bdo big blink blockquote br button canvas caption center cite
    code col colgroup content data datalist dd decorator del details dfn dialog dir div dl dt element em fieldset
    figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hgroup hr i img input ins kbd label legend li main map
    mark marquee menu menuitem meter nav nobr ol optgroup option output p picture pre progress q rp rt ruby s samp
    section select shadow small source spacer span strike strong style sub summary sup table tabset tbody td template
    textarea tfoot th thead time tr track tt u ul var video wbr
    svg altglyph animatecolor animatemotion animatetransform circle clippath defs desc ellipse filter g glyph glyphref
    hkern image line lineargradient marker mask metadata mpath path pattern polygon polyline radialgradient rect stop
    switch symbol text textpath tref tspan view vkern feblend fecolormatrix fecomponenttransfer fecomposite
    feconvolvematrix fediffuselighting fedisplacementmap fedistantlight feflood fefunca fefuncb fefuncg fefuncr
    fegaussianblur femerge femergenode femorphology feoffset fepointlight fespecularlighting fespotlight fetile
    feturbulence
    math menclose merror mfenced mfrac mglyph mi mlabeledtr mmultiscripts mn mo mover mpadded mphantom mroot mrow ms
    mspace msqrt mstyle msub msup msubsup mtable mtd mtext mtr munder munderover
    """.split()  # noqa: SIM905  a list with quotes fills pages
)
"""Elements that stay; of all others what is in them does, so that `Type <username>` shows no more than `Type`."""


def sanitised(root: Element) -> None:
    """Clean a tree in place."""
    kept: list[Element | str] = []
    for child in root.children:
        if isinstance(child, str):
            kept.append(child)
        elif child.name not in DROPPED:
            sanitised(child)
            child.attributes = {name: value for name, value in child.attributes.items() if is_safe(name, value)}
            kept += [child] if child.name in KEPT else child.children
    root.children = kept


def is_safe(name: str, value: str) -> bool:
    """Whether an attribute may stay."""
    return not name.startswith("on") and not (
        name in {"href", "src", "action", "formaction", "xlink:href"}
        and value.strip().lower().startswith(("javascript:", "vbscript:"))
    )
