"""Players of a class against each other: sandboxes, a referee outside of them, ratings, one page."""
