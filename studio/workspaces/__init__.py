"""People and the wall around a team.

Everything a team owns hangs on a Workspace and is reached from a person through a Membership; what a role may do stands
once, in ``access``. A stranger is answered as if the thing did not exist (404); a member without the right is told
which right is missing (403).

The first account owns the studio's first workspace. A workspace may exist before it: the command line saves into one
without members, and the first account adopts it, clips and all.
"""
