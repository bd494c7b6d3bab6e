"""The way from one release to the next: old code and new code together on one database.

`release.tar.gz` is the first release that landed, as much of its tree as its web and worker need;
`populated.sql.gz` is a database that this release made and filled, and `populated.json` says who
its programs are and what they hold. `python -m tests.upgrade.populate COMMIT` makes all three.
"""
