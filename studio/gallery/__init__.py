"""The videos the studio holds: its own copy, with hash, facts, poster, hover preview and sprite.

A link is history; only bytes that were fetched, hashed and decoded make an item. Files are named by the item's id,
never by anything a gateway said: they are moved in first and the row is written last, so a row never promises files
that are not there. Deleting hides an item and can be undone; its files stay.

The grid gives every card its share of a row by the shape of its film (nine classes, as the policy allows no inline
style), so boxes have their size before any picture. Pages are keyset by id, which sorts by time; numbers of pages
would show a card twice whenever a new one arrives. Where one was stands in the page's address (``through`` and the
card's fragment), not in a store of the browser's: Back, Reload and "Gallery" on the item page are one mechanism.

"Ready" lists videos, every other state lists generations: what failed has no video but is not hidden either.

An open gallery listens as kind "gallery" and is told ids, never HTML: new videos wait in a pill, nothing moves.
"""
