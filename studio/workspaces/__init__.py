"""People and the wall around a team.

Everything a team owns hangs on a Workspace and is reached from a person through a Membership; what a role may do stands
once, in ``access``. A stranger is answered as if the thing did not exist (404); a member without the right is told
which right is missing (403).

There is no mail: joining and a forgotten password both go by a one-time link that an owner hands over. Only its hash is
kept; used, expired, withdrawn and unknown look alike. A taken role takes its rights at once: sessions of a removed member
end, and an owner who is none any more loses the admin.

The first account owns the studio's first workspace. A workspace may exist before it: the command line saves into one
without members, and the first account adopts it, clips and all.
"""
