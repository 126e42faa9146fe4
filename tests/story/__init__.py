"""The story of a family with two meetings, played by real pages: tests run it, and the pictures of
docs/facilitator-guide.md are taken of it."""
