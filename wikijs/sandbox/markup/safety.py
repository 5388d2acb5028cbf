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

TAKEN = frozenset(
    """
    ATTRIBUTE_NODE CDATA_SECTION_NODE COMMENT_NODE DOCUMENT_FRAGMENT_NODE DOCUMENT_NODE DOCUMENT_POSITION_CONTAINED_BY
    DOCUMENT_POSITION_CONTAINS DOCUMENT_POSITION_DISCONNECTED DOCUMENT_POSITION_FOLLOWING
    DOCUMENT_POSITION_IMPLEMENTATION_SPECIFIC DOCUMENT_POSITION_PRECEDING DOCUMENT_TYPE_NODE ELEMENT_NODE ENTITY_NODE
    ENTITY_REFERENCE_NODE NOTATION_NODE PROCESSING_INSTRUCTION_NODE TEXT_NODE URL __defineGetter__ __defineSetter__
    __lookupGetter__ __lookupSetter__ __proto__ acceptCharset accessKey action activeElement addEventListener adoptNode
    after anchors append appendChild applets assignedSlot attachShadow attributes baseURI before blur body
    captureEvents characterSet charset checkValidity childElementCount childNodes children classList className clear
    click clientHeight clientLeft clientTop clientWidth cloneNode close closest compareDocumentPosition compatMode
    constructor contains contentType cookie createAttribute createAttributeNS createCDATASection createComment
    createDocumentFragment createElement createElementNS createEvent createExpression createNSResolver
    createNodeIterator createProcessingInstruction createRange createTextNode createTreeWalker currentScript dataset
    defaultView dir dispatchEvent doctype documentElement documentURI draggable elements embeds enctype evaluate
    firstChild firstElementChild focus forms getAttribute getAttributeNS getAttributeNames getAttributeNode
    getAttributeNodeNS getBoundingClientRect getClientRects getElementById getElementsByClassName getElementsByName
    getElementsByTagName getElementsByTagNameNS getRootNode getSelection hasAttribute hasAttributeNS hasAttributes
    hasChildNodes hasFocus hasOwnProperty head hidden id images implementation importNode innerHTML inputEncoding
    insertAdjacentElement insertAdjacentHTML insertAdjacentText insertBefore isConnected isDefaultNamespace isEqualNode
    isPrototypeOf isSameNode lang lastChild lastElementChild lastModified length links localName location
    lookupNamespaceURI lookupPrefix matches method name namespaceURI nextElementSibling nextSibling noValidate nodeName
    nodeType nodeValue nonce normalize offsetHeight offsetLeft offsetParent offsetTop offsetWidth onabort onauxclick
    onblur oncancel oncanplay oncanplaythrough onchange onclick onclose oncontextmenu oncuechange ondblclick ondrag
    ondragend ondragenter ondragexit ondragleave ondragover ondragstart ondrop ondurationchange onemptied onended
    onerror onfocus oninput oninvalid onkeydown onkeypress onkeyup onload onloadeddata onloadedmetadata onloadend
    onloadstart onmousedown onmouseenter onmouseleave onmousemove onmouseout onmouseover onmouseup onpause onplay
    onplaying onprogress onratechange onreadystatechange onreset onresize onscroll onsecuritypolicyviolation onseeked
    onseeking onselect onstalled onsubmit onsuspend ontimeupdate ontoggle onvisibilitychange onvolumechange onwaiting
    onwheel open outerHTML ownerDocument parentElement parentNode plugins prefix prepend previousElementSibling
    previousSibling propertyIsEnumerable querySelector querySelectorAll readyState referrer releaseEvents remove
    removeAttribute removeAttributeNS removeAttributeNode removeChild removeEventListener replaceChild replaceWith
    reportValidity requestSubmit reset scripts scrollHeight scrollLeft scrollTop scrollWidth setAttribute
    setAttributeNS setAttributeNode setAttributeNodeNS shadowRoot slot style styleSheets submit tabIndex tagName target
    textContent title toLocaleString toString toggleAttribute translate valueOf visibilityState webkitMatchesSelector
    write writeln
    """.split()  # noqa: SIM905
)
"""Names that a document or a form has itself: no element may be called so, and a heading "Links" has no id."""


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
    if name in {"id", "name"} and value in TAKEN:
        return False
    return not name.startswith("on") and not (
        name in {"href", "src", "action", "formaction", "xlink:href"}
        and value.strip().lower().startswith(("javascript:", "vbscript:"))
    )
